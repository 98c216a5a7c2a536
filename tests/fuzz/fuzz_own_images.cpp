// SPDX-License-Identifier: Apache-2.0
// A user's own images for concept/diffusion: PNG and JPEG files and tables of attributes, read or refused with a sentence that names the
// file. The first byte chooses what the rest is. HDF5 is left out: libhdf5 itself fails on mutated files, which are opened in workers only
// (fuzz_own_image_files looks at that).
#include <cstdint>
#include <latent/error.hpp>

#include "data/image_table.hpp"
#include "data/picture.hpp"
#include "scratch_folder.hpp"

using namespace concept_space;

namespace {

void readImage(const ScratchFolder& folder, std::string_view bytes) {
    const Picture picture = readPicture(folder.write("input.img", bytes));
    require(isReadableSize(picture.width, picture.height), "an image has a size");
    require(picture.rgb.size() ==
                3 * static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height),
            "as many numbers as its size says");
    for (const float v : squareOf(picture, 1)) require(v >= 0 && v <= 1, "a mean of pixels");
}

void readTable(const ScratchFolder& folder, std::string_view bytes) {
    folder.write("labels.csv", bytes);
    ImageTable table(folder.path());
    require(table.attributes().size() >= 2, "a table has two attributes");
    while (table.next()) {
        for (std::size_t i = 0; i < table.attributes().size(); ++i) {
            try {
                table.isYes(i);
            } catch (const latent::RunError&) {
            }
        }
        for (const auto& part : table.file().lexically_relative(folder.path()))
            require(part != "..", "files lie in the folder");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ScratchFolder folder;
    if (size == 0) return 0;
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        data[0] % 2 == 0 ? readImage(folder, rest) : readTable(folder, rest);
    } catch (const latent::RunError& error) {
        const std::string_view what = error.what();
        require(what.find("input.img") != std::string_view::npos ||
                    what.find("labels.csv") != std::string_view::npos,
                "the file is named");
    }
    return 0;
}
