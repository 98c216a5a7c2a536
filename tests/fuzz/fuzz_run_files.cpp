// SPDX-License-Identifier: Apache-2.0
// Mutants of HDF5 files from others: run.h5 alone, and segments, checkpoints and large arrays in a run's folder whose events
// were made to fit. libhdf5 may crash on them, in the reader child; this process reads every mutant to the end, and each
// refusal names the file or its run. Every eighth time the file is good and the child lies.
//   fuzz_run_files [FIRST]      LATENT_FUZZ_RUNS mutants (200), numbered from FIRST (1); number n is always the same one
// To start a sanitized child costs ten times what it then does. LATENT_FUZZ_CHILD=PROGRAM names a `latent` without
// sanitizers, whose reader child reads nine mutants of ten; this process, which must survive them all, stays sanitized.
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/files/operations.hpp"
#include "engine/sanitized.hpp"
#include "engine/store/checkpoint.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/reader_child.hpp"
#include "engine/store/recovery.hpp"
#include "engine/store/run_reader.hpp"
#include "hdf5_mutant.hpp"
#include "sample_runs.hpp"
#include "scratch_folder.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

namespace {

/// A true reader child behind a relay that edits one of its answers and then says no more.
int lyingChild(std::uint64_t seed) {
    int sockets[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) return 1;
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(sockets[0]);
        ::_exit(readerChildMain(sockets[1], sockets[1]));
    }
    ::close(sockets[1]);
    Random random(seed);
    std::string bytes(1 << 16, '\0');
    for (std::uint64_t honest = random() % 8;;) {
        pollfd ends[2] = {{0, POLLIN, 0}, {sockets[0], POLLIN, 0}};
        if (::poll(ends, 2, -1) < 0) break;
        const bool answers = ends[1].revents != 0;
        const ssize_t got = ::read(answers ? sockets[0] : 0, bytes.data(), bytes.size());
        if (got <= 0) break;
        std::string piece = bytes.substr(0, static_cast<std::size_t>(got));
        const bool lie = answers && honest-- == 0;
        // The lengths in front stay: a wrong one only makes the parent wait.
        if (lie && piece.size() > 12) piece = piece.substr(0, 12) + edited(piece.substr(12), random);
        if (::write(answers ? 1 : sockets[0], piece.data(), piece.size()) < 0 || lie) break;
    }
    ::close(sockets[0]);
    ::waitpid(child, nullptr, 0);
    return 0;
}

struct Tally {
    std::mutex mutex;
    std::map<std::string, std::uint64_t> counts;
    void add(const std::string& what) {
        const std::lock_guard guard(mutex);
        ++counts[what];
    }
};

class Reading {
  public:
    Reading(fs::path run, Tally& tally) : m_run(std::move(run)), m_tally(tally) {}

    template <class T>
    bool take(const Result<T>& result) {
        if (result) return true;
        const std::string& message = result.error().message;
        require(message.find(m_run.string()) != std::string::npos,
                m_run.filename().string() + ": the refusal names the file: " + message);
        require(result.error().exit != Exit::Failed || isGone(result.error()),
                m_run.filename().string() + ": it is a refusal: " + message);
        if (message.find("crashed (signal") != std::string::npos) m_tally.add("killed the reader child");
        if (message.find("did not answer") != std::string::npos ||
            message.find("processor time") != std::string::npos) {
            m_tally.add("held the reader child");
        }
        m_refused = true;
        return false;
    }

    void all(const fs::path& path, RunFiles& files) {
        auto reader = RunReader::open(path, files);
        if (take(reader)) {
            take(reader->request());
            take(reader->provenance());
            take(reader->figures());
            take(reader->claims());
            const auto arrays = reader->arrays();
            if (take(arrays)) {
                for (const PublishedArray& array : *arrays) {
                    if (array.present) take(reader->readAll(array.spec.name));
                }
            }
            const auto metrics = reader->metrics();
            if (take(metrics)) {
                for (const std::string& name : *metrics) take(reader->metric(name));
            }
            take(reader->contentDigest());
        }
        m_tally.add(m_refused ? "refused" : "read");
    }

  private:
    fs::path m_run;
    Tally& m_tally;
    bool m_refused = false;
};

/// The run with one file damaged; its events name the new content.
void damage(const fs::path& file, const fs::path& run, const SealKey& key, Random& random) {
    const std::string whole = *readFile(file, 1 << 24);
    const SealReport old = checkSealBytes(whole, key);
    const bool sealed = old.state == Sealed::Ours;
    const std::string good = sealed ? whole.substr(0, old.payloadBytes) : whole;
    const std::string bad = mutant(good, random);
    fs::remove(file);
    require(bool(writeNew(file, bad)), "a mutant is written");
    if (!sealed || (random() % 8 == 0)) return;
    const auto sha256 = sealFile(file, key);
    if (!sha256 || run.empty() || *sha256 == old.sha256) return;
    std::string events = *readFile(layout::events(run), 1 << 24);
    for (std::size_t at; (at = events.find(old.sha256)) != std::string::npos;)
        events.replace(at, sha256->size(), *sha256);
    require(bool(writeNew(layout::events(run), events)), "the events are written");
}

ReaderChildOptions childOptions(std::uint64_t number = 0) {
    ReaderChildOptions options;
    const char* const plain = std::getenv("LATENT_FUZZ_CHILD");
    const bool isPlain = plain && number % 10 != 0;
    options.command = {isPlain ? plain : "/proc/self/exe", "reader-child"};
    options.memoryBytes =
        kSanitized && !isPlain ? 0 : 1ull << 30;  // the sanitizer reserves terabytes of addresses
    options.processorSeconds = 4;
    options.answerSeconds = 8;
    options.limits.readBytes = 8 << 20;
    return options;
}

void one(std::uint64_t number, const SampleRuns& samples, const SealKey& key, const fs::path& place,
         Tally& tally) {
    Random random(number);
    ReaderChildOptions options = childOptions(number);
    const fs::path copy = place / ("mutant-" + std::to_string(number));
    const bool lies = number % 8 == 0, alone = lies || random() % 2 == 0;
    Reading reading(copy, tally);
    fs::copy(alone ? samples.finished : samples.left, copy, fs::copy_options::recursive);
    fs::path file = copy;
    if (!alone) {
        const fs::path kinds[] = {layout::segments(copy), layout::checkpoints(copy), layout::larges(copy)};
        const fs::path& kind = kinds[std::min<std::uint64_t>(random() % 4, 2)];
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(kind)) files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        file = files.at(random() % files.size());
    }
    if (lies) {
        options = childOptions();
        options.command = {"/proc/self/exe", "lying-child", std::to_string(number)};
    } else
        damage(file, alone ? fs::path() : copy, key, random);
    {
        RunFiles files(SealKey("a reader's key"), options);  // so the mutants, sealed by another, are foreign
        reading.all(copy, files);
        if (!alone) {
            if (const auto names = listCheckpoints(copy)) {
                for (const std::string& name : *names) reading.take(readCheckpoint(copy, name, files));
            }
            reading.take(checkRun(copy, files));
        }
    }
    fs::remove_all(copy);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string word = argc > 1 ? argv[1] : "1";
    if (word == "reader-child") return readerChildMain(0, 1);
    if (word == "lying-child") return lyingChild(std::stoull(argv[2]));
    std::signal(SIGPIPE, SIG_IGN);
    const char* const wanted = std::getenv("LATENT_FUZZ_RUNS");
    const std::uint64_t first = std::stoull(word), count = wanted ? std::stoull(wanted) : 200;
    const ScratchFolder folder;
    const SealKey key("a stranger's key");
    const SampleRuns samples = makeSampleRuns(folder.path(), key);
    Tally tally;
    {
        RunFiles files(SealKey("a reader's key"), childOptions());
        Reading(folder.path(), tally).all(samples.finished, files);
        Reading(folder.path(), tally).all(samples.left, files);
        require(tally.counts["read"] == 2, "the runs that mutants are made of can be read");
    }
    std::atomic<std::uint64_t> next = first;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
        threads.emplace_back([&] {
            for (std::uint64_t number; (number = next++) < first + count;) {
                try {
                    one(number, samples, key, folder.path(), tally);
                } catch (const std::exception& escaped) {
                    std::fprintf(stderr, "Mutant %llu: %s\n", static_cast<unsigned long long>(number),
                                 escaped.what());
                    std::abort();
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::printf("%llu mutants", static_cast<unsigned long long>(count));
    for (const auto& [what, times] : tally.counts)
        std::printf(", %llu %s", static_cast<unsigned long long>(times), what.c_str());
    std::printf("\n");
    return 0;
}
