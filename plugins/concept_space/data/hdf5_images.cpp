// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5_images.hpp"

#include <algorithm>
#include <array>
#include <latent/error.hpp>

#include "data/attribute_names.hpp"
#include "data/hdf5_handle.hpp"
#include "data/picture.hpp"

namespace concept_space {
namespace {

constexpr std::int64_t kMostImages = 10'000'000;
constexpr std::int64_t kMostPixels = 1 << 24;  // of one image, which is read as floats
constexpr hsize_t kMostLinks = 10'000;
constexpr std::size_t kMostCache = kMostChunkBytes;

Hdf5Handle openedFile(const std::filesystem::path& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // its messages are for programmers
    H5PLset_loading_state(0);                     // a file must not be able to load a filter's library
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose};
}

/// Paths of the datasets that a group holds itself; links are not followed, nor is one that stands for the group.
std::vector<std::string> datasetsIn(hid_t file, const std::string& group) {
    std::vector<std::string> found;
    H5L_info_t way{};
    if (group != "/" &&
        (H5Lget_info(file, group.c_str(), &way, H5P_DEFAULT) < 0 || way.type != H5L_TYPE_HARD))
        return found;
    const Hdf5Handle it(H5Gopen2(file, group.c_str(), H5P_DEFAULT), H5Gclose);
    H5G_info_t info{};
    if (it < 0 || H5Gget_info(it, &info) < 0) return found;
    for (hsize_t i = 0; i < std::min(info.nlinks, kMostLinks); ++i) {
        std::array<char, 256> name{};
        const ssize_t length =
            H5Lget_name_by_idx(it, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(), H5P_DEFAULT);
        if (length <= 0 || static_cast<std::size_t>(length) >= name.size()) continue;
        H5L_info_t link{};
        H5O_info_t object{};
        if (H5Lget_info(it, name.data(), &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_HARD &&
            H5Oget_info_by_name2(it, name.data(), &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
            object.type == H5O_TYPE_DATASET)
            found.push_back((group == "/" ? "" : group + "/") + name.data());
    }
    return found;
}

Hdf5Handle opened(hid_t file, const std::string& dataset) {
    return {H5Dopen2(file, dataset.c_str(), H5P_DEFAULT), H5Dclose};
}

/// Keeps the first dataset that was left out, and why, for the end of a sentence.
void addFirst(std::string& kept, const std::string& dataset, const std::string& why) {
    if (kept.empty() && !why.empty()) kept = "; its dataset '" + dataset + "' " + why;
}

bool couldBeImages(const Hdf5Shape& shape) {
    return shape.kind != Hdf5Shape::Kind::Other && (shape.extent.size() == 3 || shape.extent.size() == 4);
}

}  // namespace

struct Hdf5Images::Contents {
    /// Where the values of one attribute are: a dataset of their own, or a column of one.
    struct Attribute {
        std::string dataset;
        std::int64_t column = -1;
    };
    Hdf5Handle file, images, space;
    std::string name;  ///< of the images
    Hdf5Shape shape;
    bool grey = false;
    std::vector<std::string> names;
    std::vector<Attribute> places;  ///< of the names
    mutable std::vector<float> scratch;
};

Hdf5Images::Hdf5Images(const std::filesystem::path& path)
    : m_path(path), m_contents(std::make_unique<Contents>()) {
    Contents& c = *m_contents;
    if (isNoOrdinaryFile(path)) refuse("is no ordinary file, but a folder, pipe or device");
    c.file = openedFile(path);
    if (c.file < 0) refuse("is no HDF5 file, or damaged, or being written");
    findImages();
    findAttributes();
}

void Hdf5Images::findImages() {
    Contents& c = *m_contents;
    const std::vector<std::string> root = datasetsIn(c.file, "/");
    std::vector<std::string> candidates;
    std::string unread;  // may have been the images
    for (const std::string& name : root) {
        const Hdf5Shape shape = shapeOf(opened(c.file, name));
        if (name == "images" || couldBeImages(shape)) candidates.push_back(name);
        addFirst(unread, name, shape.refusal);
    }
    if (std::find(candidates.begin(), candidates.end(), "images") != candidates.end())
        candidates = {"images"};
    if (candidates.size() != 1)
        refuse(candidates.empty()
                   ? "has no dataset 'images' of the dimensions [image, row, column] or [image, row, column, "
                     "channel]" +
                         unread
                   : "has several datasets that may be the images; call the right one 'images'");
    const std::string& name = c.name = candidates.front();
    c.shape = shapeOf(opened(c.file, name));
    const std::string what = "cannot be used: its dataset '" + name + "' ";
    if (!c.shape.refusal.empty()) refuse(what + c.shape.refusal);
    if (!couldBeImages(c.shape))
        refuse(what +
               "must hold numbers in three or four dimensions: [image, row, column] or [image, row, "
               "column, channel]");
    if (c.shape.kind == Hdf5Shape::Kind::WholeNumbers)
        refuse(what + "holds whole numbers that are not bytes; write it as uint8, or as floats in 0 … 1");
    const std::vector<std::int64_t>& extent = c.shape.extent;
    const std::int64_t channels = extent.size() == 4 ? extent[3] : 1;
    if (channels != 1 && channels != 3)
        refuse(what + "has " + std::to_string(channels) +
               " channels in its last dimension; 1 (grey) and 3 (RGB) are read" +
               (extent[1] == 1 || extent[1] == 3 ? ": write them last, [image, row, column, channel]" : ""));
    if (extent[0] > kMostImages || !isReadableSize(extent[2], extent[1]) ||
        extent[2] * extent[1] > kMostPixels)
        refuse(what + "has " + std::to_string(extent[0]) + " images of " + std::to_string(extent[2]) + " × " +
               std::to_string(extent[1]) + " pixels, which is none or more than is read here");
    c.grey = channels == 1;

    // The chunks that one image lies in are kept, so that its neighbours need not unpack them again.
    std::size_t perImage = c.shape.elementBytes, together = 1;
    for (std::size_t d = 0; d < c.shape.chunk.size(); ++d) {
        const auto length = static_cast<std::size_t>(std::max<std::int64_t>(1, c.shape.chunk[d]));
        perImage *= length;
        if (d > 0) together *= (static_cast<std::size_t>(extent[d]) + length - 1) / length;
    }
    const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    if (!c.shape.chunk.empty())
        H5Pset_chunk_cache(access, 12'421,
                           perImage > kMostCache / together ? kMostCache : perImage * together, 1);
    c.images = Hdf5Handle(H5Dopen2(c.file, name.c_str(), access), H5Dclose);
    c.space = Hdf5Handle(H5Dget_space(c.images), H5Sclose);
    if (c.images < 0 || c.space < 0) refuse(what + "is damaged");
}

void Hdf5Images::findAttributes() {
    Contents& c = *m_contents;
    std::string unread;  // may have been attributes
    for (const char* group : {"/", "attributes", "labels"})
        for (const std::string& path : datasetsIn(c.file, group)) {
            if (path == c.name) continue;
            const Hdf5Handle dataset = opened(c.file, path);
            const Hdf5Shape shape = shapeOf(dataset);
            addFirst(unread, path, shape.refusal);
            if (!shape.refusal.empty() || shape.kind == Hdf5Shape::Kind::Other || shape.extent.empty() ||
                shape.extent[0] != c.shape.extent[0])
                continue;
            if (shape.extent.size() == 1) {
                c.names.push_back(path.substr(path.rfind('/') + 1));
                c.places.push_back({path});
            } else if (shape.extent.size() == 2) {
                // Another table of as many rows (landmarks, boxes) is none of attributes.
                if (H5Aexists(dataset, "names") <= 0) {
                    addFirst(unread, path,
                             "has " + std::to_string(shape.extent[1]) + " columns and no attribute 'names'");
                    continue;
                }
                const std::vector<std::string> columns = namesIn(dataset, "names");
                if (static_cast<std::int64_t>(columns.size()) != shape.extent[1])
                    refuse("cannot be used: '" + path + "' has " + std::to_string(shape.extent[1]) +
                           " columns and its attribute 'names' " + std::to_string(columns.size()) +
                           " names; it must have one for each column");
                for (std::size_t i = 0; i < columns.size(); ++i) {
                    c.names.push_back(columns[i]);
                    c.places.push_back({path, static_cast<std::int64_t>(i)});
                }
            }
        }
    if (c.names.size() < 2)
        refuse(
            "has fewer than two attributes: datasets of as many numbers as there are images, or one "
            "[image, attribute] with their names in its attribute 'names'" +
            unread);
}

Hdf5Images::~Hdf5Images() = default;

std::size_t Hdf5Images::size() const { return static_cast<std::size_t>(m_contents->shape.extent[0]); }
int Hdf5Images::height() const { return static_cast<int>(m_contents->shape.extent[1]); }
int Hdf5Images::width() const { return static_cast<int>(m_contents->shape.extent[2]); }
const std::vector<std::string>& Hdf5Images::attributes() const { return m_contents->names; }

std::size_t Hdf5Images::attribute(const std::string& name) const {
    if (const auto found = findAttribute(attributes(), name)) return *found;
    refuse("has no attribute '" + name + "'; there are: " + listOfAttributes(attributes()));
}

std::vector<bool> Hdf5Images::values(std::size_t attribute) const {
    const auto& [path, column] = m_contents->places.at(attribute);
    const Hdf5Handle dataset = opened(m_contents->file, path), space(H5Dget_space(dataset), H5Sclose);
    const hsize_t from[2] = {0, static_cast<hsize_t>(std::max<std::int64_t>(column, 0))},
                  count[2] = {size(), 1};
    std::vector<double> numbers(size());
    const Hdf5Handle memory(H5Screate_simple(1, count, nullptr), H5Sclose);
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, from, nullptr, count, nullptr) < 0 ||
        H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, numbers.data()) < 0)
        refuse("is damaged: the attribute '" + attributes()[attribute] + "' cannot be read");
    std::vector<bool> values;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto value = yesOrNo(numbers[i]);
        if (!value)
            refuse("cannot be used: the attribute '" + attributes()[attribute] + "' of image " +
                   std::to_string(i) + " is neither 0, 1 nor −1");
        values.push_back(*value);
    }
    return values;
}

void Hdf5Images::read(std::size_t image, std::vector<float>& rgb) const {
    const Contents& c = *m_contents;
    std::array<hsize_t, 4> from{image},
        count{1, static_cast<hsize_t>(height()), static_cast<hsize_t>(width()),
              c.grey ? hsize_t{1} : hsize_t{3}};
    const std::size_t pixels = static_cast<std::size_t>(height()) * static_cast<std::size_t>(width());
    std::vector<float>& read = c.grey ? c.scratch : rgb;
    read.resize(pixels * static_cast<std::size_t>(count[3]));
    const hsize_t numbers = read.size();
    const Hdf5Handle memory(H5Screate_simple(1, &numbers, nullptr), H5Sclose);
    if (H5Sselect_hyperslab(c.space, H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr) < 0 ||
        H5Dread(c.images, H5T_NATIVE_FLOAT, memory, c.space, H5P_DEFAULT, read.data()) < 0)
        refuse("is damaged: image " + std::to_string(image) + " cannot be read");
    for (float& value : read) {
        if (c.shape.kind == Hdf5Shape::Kind::Bytes) value /= 255;
        if (!(value >= 0 && value <= 1))
            refuse("cannot be used: image " + std::to_string(image) + " holds " + std::to_string(value) +
                   "; floats are from 0 to 1, and what is from 0 to 255 is written as uint8");
    }
    if (!c.grey) return;
    rgb.resize(3 * pixels);
    for (std::size_t p = 0; p < pixels; ++p)
        std::fill_n(rgb.begin() + static_cast<std::ptrdiff_t>(3 * p), 3, read[p]);
}

void Hdf5Images::refuse(const std::string& why) const {
    throw latent::RunError("The file '" + m_path.string() + "' " + why + ".");
}

}  // namespace concept_space
