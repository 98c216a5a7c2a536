// SPDX-License-Identifier: Apache-2.0
#include "data/jpeg_image.hpp"

#include <string>

#ifdef CONCEPT_SPACE_JPEG
#include <turbojpeg.h>

#include <fstream>
#include <memory>
#endif

namespace concept_space {

#ifdef CONCEPT_SPACE_JPEG

namespace {

constexpr std::uintmax_t kMostJpegBytes = std::uintmax_t{1} << 26;

std::vector<unsigned char> bytesOf(const std::filesystem::path& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) refusePicture(path, "cannot be read: " + error.message());
    if (size > kMostJpegBytes)
        refusePicture(path, "has " + std::to_string(size) + " bytes, more than is read here");
    std::vector<unsigned char> bytes(size);
    std::ifstream file(path, std::ios::binary);
    if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size)))
        refusePicture(path, "cannot be read to its end");
    return bytes;
}

}  // namespace

bool hasJpeg() { return true; }

Picture readJpeg(const std::filesystem::path& path) {
    const std::vector<unsigned char> bytes = bytesOf(path);
    const std::unique_ptr<void, int (*)(tjhandle)> decoder(tjInitDecompress(), tjDestroy);
    if (!decoder) refusePicture(path, "cannot be read: libjpeg-turbo does not start");
    Picture picture;
    int sampling = 0, colours = 0;
    if (tjDecompressHeader3(decoder.get(), bytes.data(), bytes.size(), &picture.width, &picture.height,
                            &sampling, &colours) != 0)
        refusePicture(path, "cannot be read as a JPEG image: " + std::string(tjGetErrorStr2(decoder.get())));
    if (picture.width < 1 || picture.height < 1)  // tables alone, as of a file that is cut off early
        refusePicture(path, "cannot be read as a JPEG image: there is no image in it");
    if (!isReadableSize(picture.width, picture.height))
        refusePicture(path, "has " + std::to_string(picture.width) + " × " + std::to_string(picture.height) +
                                " pixels, more than is read here");
    if (colours == TJCS_CMYK || colours == TJCS_YCCK)
        refusePicture(path, "is a JPEG image in the inks of a printer (CMYK); save it as RGB");
    picture.rgb.resize(3 * static_cast<std::size_t>(picture.width) *
                       static_cast<std::size_t>(picture.height));
    if (tjDecompress2(decoder.get(), bytes.data(), bytes.size(), picture.rgb.data(), picture.width, 0,
                      picture.height, TJPF_RGB,
                      TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) != 0)
        refusePicture(path, "is damaged: " + std::string(tjGetErrorStr2(decoder.get())));
    return picture;
}

#else

bool hasJpeg() { return false; }

Picture readJpeg(const std::filesystem::path& path) {
    refusePicture(path, "cannot be read: this program was built without libjpeg-turbo; save it as PNG");
}

#endif

}  // namespace concept_space
