// SPDX-License-Identifier: Apache-2.0
#include "data/own_images.hpp"

#include <algorithm>
#include <latent/error.hpp>

#include "data/hdf5_images.hpp"
#include "data/image_table.hpp"
#include "data/images.hpp"
#include "data/picture.hpp"

namespace concept_space {
namespace {

constexpr int kFewest = 8;  // images of each class: some to learn from, some to test with

/// Which two attributes; empty names are the first ones that are free.
template <class Source>
std::array<std::size_t, 2> chosenAttributes(const Source& source, const OwnSpec& spec) {
    const bool firstIsTaken = !spec.second.empty() && source.attribute(spec.second) == 0;
    const std::size_t first = spec.first.empty() ? (firstIsTaken ? 1 : 0) : source.attribute(spec.first),
                      second = spec.second.empty() ? (first == 0 ? 1 : 0) : source.attribute(spec.second);
    if (first == second)
        source.refuse("gives both attributes by '" + source.attributes()[first] + "'; name two");
    return {first, second};
}

template <class Source>
std::array<std::string, 2> namesIn(const Source& source, const OwnSpec& spec) {
    const auto [first, second] = chosenAttributes(source, spec);
    return {source.attributes()[first], source.attributes()[second]};
}

std::size_t classOf(bool first, bool second) { return (first ? 2U : 0U) + (second ? 1U : 0U); }

/// The classes as they fill up.
class Classes {
  public:
    Classes(const OwnSpec& spec, std::array<std::string, 2> attributes)
        : m_most(static_cast<std::size_t>(spec.mostPerClass)),
          m_own{.side = spec.side, .attributes = std::move(attributes), .classes = {}} {}
    bool isFull(std::size_t itsClass) const { return m_own.classes[itsClass].size() >= m_most; }
    bool allFull() const { return isFull(0) && isFull(1) && isFull(2) && isFull(3); }
    void add(std::size_t itsClass, std::vector<float> square) {
        m_own.classes[itsClass].push_back(std::move(square));
    }
    /// Refuses a class that is too small. `where`: what holds them.
    OwnImages done(const std::filesystem::path& where) && {
        for (std::size_t c = 0; c < 4; ++c)
            if (m_own.classes[c].size() < kFewest)
                throw latent::RunError("'" + where.string() + "' has " +
                                       std::to_string(m_own.classes[c].size()) + " images that are '" +
                                       ownClassNames(m_own.attributes[0], m_own.attributes[1])[c] +
                                       "'; each of the four combinations needs 8 or more.");
        return std::move(m_own);
    }

  private:
    std::size_t m_most;
    OwnImages m_own;
};

void requireSide(int width, int height, int side, const std::filesystem::path& path) {
    if (std::min(width, height) < side)
        throw latent::RunError("'" + path.string() + "' has " + std::to_string(width) + " × " +
                               std::to_string(height) + " pixels, fewer than 'side' asks for; lower it.");
}

OwnImages fromFolder(const OwnSpec& spec) {
    ImageTable table(spec.folder);
    const auto [first, second] = chosenAttributes(table, spec);
    Classes classes(spec, {table.attributes()[first], table.attributes()[second]});
    while (!classes.allFull() && table.next()) {
        const std::filesystem::path path = table.file();
        const std::size_t itsClass = classOf(table.isYes(first), table.isYes(second));
        if (classes.isFull(itsClass)) continue;
        const Picture picture = readPicture(path);
        requireSide(picture.width, picture.height, spec.side, path);
        classes.add(itsClass, squareOf(picture, spec.side));
    }
    return std::move(classes).done(spec.folder);
}

OwnImages fromFile(const OwnSpec& spec) {
    const Hdf5Images file(spec.file);
    const auto [first, second] = chosenAttributes(file, spec);
    requireSide(file.width(), file.height(), spec.side, spec.file);
    const std::vector<bool> ones = file.values(first), others = file.values(second);
    Classes classes(spec, {file.attributes()[first], file.attributes()[second]});
    std::vector<float> rgb;
    for (std::size_t i = 0; i < file.size() && !classes.allFull(); ++i) {
        const std::size_t itsClass = classOf(ones[i], others[i]);
        if (classes.isFull(itsClass)) continue;
        file.read(i, rgb);
        classes.add(itsClass, squareOf(rgb, file.width(), file.height(), spec.side));
    }
    return std::move(classes).done(spec.file);
}

}  // namespace

void OwnSpec::validate() const {
    if (side < 4 || side > 64)
        throw latent::UsageError("'side' is " + std::to_string(side) +
                                 "; own images are made 4 to 64 pixels wide.");
    // All are kept, and three of the four classes once more as the training set.
    if (mostPerClass < kFewest || 7.0 * mostPerClass * side * side * 3 > kMostFloats)
        throw latent::UsageError("'samples_per_class' is " + std::to_string(mostPerClass) +
                                 "; own images need 8 or more of each class, and not more than fit in 8 "
                                 "gigabytes together with the training set.");
    if (!first.empty() && first == second)
        throw latent::UsageError("The two attributes are the same: '" + first + "'.");
}

std::vector<std::string> ownClassNames(const std::string& first, const std::string& second) {
    std::vector<std::string> names;
    for (int c = 0; c < 4; ++c)
        names.push_back((c & 2 ? "" : "not ") + first + ", " + (c & 1 ? "" : "not ") + second);
    return names;
}

std::array<std::string, 2> ownAttributes(const OwnSpec& spec) {
    spec.validate();
    return spec.file.empty() ? namesIn(ImageTable(spec.folder), spec) : namesIn(Hdf5Images(spec.file), spec);
}

OwnImages readOwnImages(const OwnSpec& spec) {
    spec.validate();
    return spec.file.empty() ? fromFolder(spec) : fromFile(spec);
}

}  // namespace concept_space
