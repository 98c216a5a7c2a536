// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/files/operations.hpp"
#include "engine/h5/writer.hpp"

namespace latent::engine::h5 {

Result<SlabPlace> writeSlabFile(const std::filesystem::path& path, const std::string& name, DType dtype,
                                const Shape& shape, const std::vector<std::string>& dims,
                                const Texts& attributes) {
    SlabPlace place;
    {
        LATENT_TRY(Writer writer, Writer::toFile(path));
        LATENT_CHECK(writer.create(name, dtype, shape, dims, attributes));
        LATENT_TRY(place, writer.place(name));
        LATENT_CHECK(writer.finishFile());
    }
    LATENT_TRY(File file, File::open(path, File::Mode::ReadWrite));
    LATENT_TRY(const std::uint64_t size, file.size());
    LATENT_CHECK(file.allocate(std::max(size, place.offset + place.bytes)));
    LATENT_CHECK(file.sync());
    return place;
}

}  // namespace latent::engine::h5
