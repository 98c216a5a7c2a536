// SPDX-License-Identifier: Apache-2.0
#include "engine/store/large_arrays.hpp"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/h5/writer.hpp"
#include "engine/store/layout.hpp"

namespace latent::engine {
namespace {

constexpr double kTellSeconds = 0.1;

h5::Texts streamAttributes(const ArraySpec& spec) {
    return {{"units", spec.units},
            {"long_name", spec.label.empty() ? spec.description : spec.label},
            {"description", spec.description},
            {"categories", spec.categoriesText()},
            {"latent_spec", spec.toJson().dump()}};
}

}  // namespace

Status LargeArrays::create(const ArraySpec& spec, const Emit& emit) {
    if (m_open.contains(spec.name)) return ok();
    const auto path = layout::large(m_run, spec.name);
    const std::uint64_t bytes = byteCount(spec.dtype, spec.shape()).value_or(0);
    Open open;
    bool isUsable = false;
    if (fileExists(path)) {
        // From an attempt before this one: its structure is whole or it would not have its name.
        LATENT_TRY(const SealReport report, checkSeal(path, m_key));
        isUsable = report.state == Sealed::Ours && report.slab && report.dataBytes == bytes;
        open.offset = report.dataOffset;
    }
    if (!isUsable) {
        LATENT_TRY([[maybe_unused]] const bool made, makeFolder(layout::larges(m_run)));
        const auto temporary = temporaryBeside(path);
        const auto place = h5::writeSlabFile(temporary, spec.name, spec.dtype, spec.shape(), spec.dimNames(),
                                             streamAttributes(spec));
        Status status = place ? ok() : Status(place.error());
        if (status) {
            const auto sealed = sealSlabFile(temporary, m_key, place->offset, place->bytes);
            if (!sealed) status = sealed.error();
        }
        if (!status) {
            ::unlink(temporary.c_str());
            return status;
        }
        LATENT_CHECK(putInPlace(temporary, path));
        open.offset = place->offset;
        m_written.erase(spec.name);
    }
    LATENT_TRY(open.file, File::open(path, File::Mode::ReadWrite));
    LATENT_CHECK(emit({{"type", "large"}, {"name", spec.name}}));
    m_open.emplace(spec.name, std::move(open));
    return ok();
}

Status LargeArrays::write(const ArraySpec& spec, const Shape& start, const ArrayView& view, double seconds,
                          const Emit& emit) {
    const auto found = m_open.find(spec.name);
    if (found == m_open.end())
        return badRequest("The large array " + spec.name + " was not made yet: call createLarge first.");
    if (view.dtype != spec.dtype) {
        return badRequest("A slab of " + spec.name + " is " + std::string(nameOf(view.dtype)) +
                          "; the array is " + std::string(nameOf(spec.dtype)) + ".");
    }
    Open& open = found->second;
    const std::size_t size = sizeOf(spec.dtype);
    const std::string_view raw = view.raw();
    std::size_t taken = 0;
    Status status = ok();
    const bool inside =
        forEachRun(spec.shape(), start, view.shape, [&](std::uint64_t offset, std::uint64_t length) {
            if (!status) return;
            status = open.file.writeAt(open.offset + offset * size, raw.substr(taken, length * size));
            taken += length * size;
        });
    if (!inside) {
        return badRequest("A slab of " + spec.name + " (" + shapeText(view.shape) +
                          ") does not fit into the array (" + shapeText(spec.shape()) + ") at its place.");
    }
    open.isDirty = true;
    if (!status) return status;
    m_written[spec.name].addBox(spec.shape(), start, view.shape);
    if (m_untold) {
        Box& box = *m_untold;
        const bool follows = box.name == spec.name && start[0] == box.start[0] + box.count[0] &&
                             std::equal(start.begin() + 1, start.end(), box.start.begin() + 1) &&
                             std::equal(view.shape.begin() + 1, view.shape.end(), box.count.begin() + 1);
        if (follows) {
            box.count[0] += view.shape[0];
            return tell(seconds, emit);
        }
        LATENT_CHECK(tellNow(emit));
    }
    m_untold = Box{spec.name, start, view.shape};
    return tell(seconds, emit);
}

Status LargeArrays::tell(double seconds, const Emit& emit) {
    if (!m_untold || seconds - m_toldAt < kTellSeconds) return ok();
    m_toldAt = seconds;
    return tellNow(emit);
}

Status LargeArrays::tellNow(const Emit& emit) {
    if (!m_untold) return ok();
    LATENT_CHECK(emit({{"type", "slab"},
                       {"name", m_untold->name},
                       {"start", m_untold->start},
                       {"count", m_untold->count}}));
    m_untold.reset();
    return ok();
}

Status LargeArrays::sync(const Emit& emit) {
    LATENT_CHECK(tellNow(emit));
    for (auto& [name, open] : m_open) {
        if (!open.isDirty) continue;
        LATENT_CHECK(open.file.sync());
        open.isDirty = false;
    }
    return ok();
}

}  // namespace latent::engine
