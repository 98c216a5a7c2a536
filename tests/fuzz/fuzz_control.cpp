// SPDX-License-Identifier: Apache-2.0
// Control requests: each is given out or answered in the events, once, and never fails the worker.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "engine/store/control.hpp"
#include "engine/store/run_state.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    std::filesystem::create_directory(folder.path() / "control");
    folder.write("events.ndjson", "");
    folder.write("control/0007.json", {reinterpret_cast<const char*>(data), size});
    auto log = EventLog::open(folder.path());
    require(bool(log), "the events open");
    ControlWatch watch(folder.path(), 2);
    const auto requests = watch.poll(*log);
    require(bool(requests), "a poll never fails because of what a request says");
    const auto again = watch.poll(*log);
    require(again && again->empty(), "a request is given out once");
    const auto state = replayEvents(folder.path());
    require(bool(state), "the answers are read");
    require(requests->size() + state->controls.size() == 1, "a request is given out or answered");
    for (const ControlRequest& request : *requests) require(request.number == 7 && request.attempt == 2, "number");
    return 0;
}
