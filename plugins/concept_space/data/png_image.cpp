// SPDX-License-Identifier: Apache-2.0
#include "data/png_image.hpp"

#ifdef CONCEPT_SPACE_PNG
#include <png.h>
#endif

namespace concept_space {

#ifdef CONCEPT_SPACE_PNG

bool hasPng() { return true; }

Picture readPng(const std::filesystem::path& path) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&image, path.c_str())) {
        const std::string why = image.message;
        png_image_free(&image);
        refusePicture(path, "cannot be read as a PNG image: " + why);
    }
    if (!isReadableSize(image.width, image.height)) {
        const std::string size = std::to_string(image.width) + " × " + std::to_string(image.height);
        png_image_free(&image);
        refusePicture(path, "has " + size + " pixels, more than is read here");
    }
    image.format = PNG_FORMAT_RGB;
    Picture picture{static_cast<int>(image.width), static_cast<int>(image.height), {}};
    picture.rgb.resize(PNG_IMAGE_SIZE(image));
    const png_color white{255, 255, 255};
    if (!png_image_finish_read(&image, &white, picture.rgb.data(), 0, nullptr)) {
        const std::string why = image.message;
        png_image_free(&image);
        refusePicture(path, "is damaged: " + why);
    }
    return picture;
}

void writePng(const std::filesystem::path& path, const Picture& picture) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = PNG_FORMAT_RGB;
    const std::filesystem::path part = path.string() + ".part";
    if (!png_image_write_to_file(&image, part.c_str(), 0, picture.rgb.data(), 0, nullptr))
        refusePicture(path, "cannot be written: " + std::string(image.message));
    std::error_code error;
    std::filesystem::rename(part, path, error);
    if (error) refusePicture(path, "cannot be written: " + error.message());
}

#else

bool hasPng() { return false; }

Picture readPng(const std::filesystem::path& path) {
    refusePicture(path, "cannot be read: this program was built without libpng; save it as JPEG");
}
void writePng(const std::filesystem::path& path, const Picture&) {
    refusePicture(path, "cannot be written: this program was built without libpng");
}

#endif

}  // namespace concept_space
