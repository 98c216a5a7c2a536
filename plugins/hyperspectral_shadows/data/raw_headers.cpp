// SPDX-License-Identifier: Apache-2.0
// The text headers of ENVI and NumPy files. Both come from strangers: no number is used before it is checked.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <latent/error.hpp>
#include <latent/learn/arrays/npy_header.hpp>
#include <map>

#include "data/raw_cube.hpp"

namespace hyperspectral_shadows {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
    throw latent::RunError("The header of " + name + " " + what);
}

std::string trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return std::string(text);
}

std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::optional<double> numberIn(std::string_view text) {
    const std::string word = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (word.empty() || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return value;
}

struct EnviField {
    std::string value, written;  ///< without its braces; the whole field as it stands
};

/// Fields of an ENVI header by their keys (in small letters); values in braces may go over many lines.
std::map<std::string, EnviField> fieldsOf(std::string_view text, const std::string& name) {
    std::map<std::string, EnviField> all;
    std::size_t at = text.find('\n');
    while (at != std::string_view::npos && ++at < text.size()) {
        const std::size_t lineEnd = std::min(text.find('\n', at), text.size()), equals = text.find('=', at);
        if (equals == std::string_view::npos) break;
        if (equals > lineEnd) {
            at = lineEnd;
            continue;
        }
        std::size_t end = lineEnd;
        const std::size_t brace = text.find_first_not_of(" \t", equals + 1);
        std::string_view value;
        if (brace != std::string_view::npos && text[brace] == '{') {
            const std::size_t close = text.find('}', brace);
            if (close == std::string_view::npos)
                refuse(name, "opens a brace in '" + trimmed(text.substr(at, equals - at)).substr(0, 60) +
                                 "' that is never closed.");
            value = text.substr(brace + 1, close - brace - 1);
            end = std::min(text.find('\n', close), text.size());
        } else {
            value = text.substr(equals + 1, lineEnd - equals - 1);
        }
        all[lowered(trimmed(text.substr(at, equals - at)))] = {trimmed(value),
                                                               trimmed(text.substr(at, end - at))};
        at = end < text.size() ? end : std::string_view::npos;
    }
    return all;
}

std::vector<double> list(const std::string& text, const std::string& key, std::int64_t count,
                         const std::string& name) {
    std::vector<double> values;
    std::string_view rest = text;
    while (!trimmed(rest).empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const auto value = numberIn(rest.substr(0, comma));
        if (!value)
            refuse(name, "holds '" + trimmed(rest.substr(0, comma)).substr(0, 40) + "' in the list '" + key +
                             "', which is no number.");
        values.push_back(*value);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    if (static_cast<std::int64_t>(values.size()) != count)
        refuse(name, "lists " + std::to_string(values.size()) + " values of '" + key + "' for " +
                         std::to_string(count) + " bands.");
    return values;
}

/// What a header says of its own file and of how its numbers are stored.
constexpr std::string_view kOfTheLayout[] = {"description",
                                             "samples",
                                             "lines",
                                             "bands",
                                             "header offset",
                                             "file type",
                                             "data type",
                                             "interleave",
                                             "byte order",
                                             "file compression",
                                             "major frame offsets",
                                             "minor frame offsets",
                                             "read procedures",
                                             "data ignore value",
                                             "reflectance scale factor"};

Element enviType(std::int64_t code, const std::string& name) {
    switch (code) {
        case 1:
            return Element::U8;
        case 2:
            return Element::I16;
        case 3:
            return Element::I32;
        case 4:
            return Element::F32;
        case 5:
            return Element::F64;
        case 12:
            return Element::U16;
        case 13:
            return Element::U32;
        case 14:
            return Element::I64;
        case 15:
            return Element::U64;
        default:
            refuse(name, "has the data type " + std::to_string(code) +
                             "; real numbers are 1, 2, 3, 4, 5, 12, 13, 14 and 15.");
    }
}

}  // namespace

EnviHeader parseEnvi(std::string_view text, const std::string& name) {
    if (text.substr(0, 4) != "ENVI") refuse(name, "does not begin with ENVI, so it is no ENVI header.");
    const auto all = fieldsOf(text, name);
    const auto whole = [&](const char* key, std::int64_t fallback, bool required) {
        const auto found = all.find(key);
        if (found == all.end()) {
            if (required) refuse(name, "has no '" + std::string(key) + "'.");
            return fallback;
        }
        const auto value = numberIn(found->second.value);
        if (!value || *value != std::floor(*value) || std::abs(*value) > 9e15)
            refuse(name, "has '" + found->second.value.substr(0, 40) + "' for '" + key +
                             "', which must be a whole number.");
        return static_cast<std::int64_t>(*value);
    };
    EnviHeader envi;
    CubeHeader& cube = envi.cube;
    cube.samples = whole("samples", 0, true), cube.lines = whole("lines", 0, true),
    cube.bands = whole("bands", 0, true);
    envi.type = enviType(whole("data type", 4, true), name);
    const std::int64_t offset = whole("header offset", 0, false), order = whole("byte order", 0, false);
    if (offset < 0) refuse(name, "has a negative 'header offset'.");
    if (order != 0 && order != 1)
        refuse(name, "has the byte order " + std::to_string(order) +
                         "; it is 0 (little endian) or 1 (big endian).");
    envi.offset = static_cast<std::uint64_t>(offset), envi.bigEndian = order == 1;
    if (const auto found = all.find("interleave"); found != all.end())
        envi.interleave = lowered(found->second.value);
    if (envi.interleave != "bsq" && envi.interleave != "bil" && envi.interleave != "bip")
        refuse(name, "has the interleave '" + envi.interleave.substr(0, 20) + "'; it is bsq, bil or bip.");
    cube.format = "ENVI " + envi.interleave;
    if (const auto found = all.find("data ignore value"); found != all.end())
        envi.ignore = numberIn(found->second.value);
    if (const auto found = all.find("reflectance scale factor"); found != all.end()) {
        const auto scale = numberIn(found->second.value);
        if (!scale || !(*scale > 0) || !std::isfinite(*scale))
            refuse(name, "has a 'reflectance scale factor' that is not above 0.");
        envi.scale = *scale;
    }
    checkHeader(cube, name);  // before the lists, whose lengths it bounds
    if (const auto found = all.find("wavelength"); found != all.end()) {
        cube.wavelengthNm = list(found->second.value, "wavelength", cube.bands, name);
        const auto units = all.find("wavelength units");
        const std::string unit = units == all.end() ? "" : lowered(units->second.value);
        const bool micro = unit.find("micro") != std::string::npos || unit == "um" || unit == "µm" ||
                           (unit.empty() && !cube.wavelengthNm.empty() && cube.wavelengthNm.back() < 100);
        if (micro)
            for (double& w : cube.wavelengthNm) w *= 1000;
    }
    if (const auto found = all.find("bbl"); found != all.end())
        for (const double good : list(found->second.value, "bbl", cube.bands, name))
            cube.goodBand.push_back(good != 0);
    checkHeader(cube, name);
    for (const auto& [key, field] : all)
        if (std::find(std::begin(kOfTheLayout), std::end(kOfTheLayout), key) == std::end(kOfTheLayout))
            envi.fields[key] = field.written;
    return envi;
}

NumpyHeader parseNumpy(std::string_view bytes, const std::string& name) {
    const auto offset = latent::learn::npyDataOffset(bytes.substr(0, 12));
    if (!offset) refuse(name, "is no header of a NumPy array (.npy).");
    if (*offset > bytes.size()) refuse(name, "is cut off.");
    auto found = latent::learn::readNpyHeader(bytes.substr(0, static_cast<std::size_t>(*offset)));
    if (!found) refuse(name, "is damaged: it does not name a type, an order and a shape as NumPy does.");
    const Element type = found->info.type;
    if (!found->info.refusal.empty() || type == Element::F16 || type == Element::BF16)
        refuse(name,
               "has an element type that no cube has; integers of 1 to 8 bytes and floats of 4 or 8 are "
               "read, no objects, records or texts.");
    return {type, found->bigEndian, found->fortran, std::move(found->info.shape),
            static_cast<std::size_t>(*offset)};
}

}  // namespace hyperspectral_shadows
