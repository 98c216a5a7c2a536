// SPDX-License-Identifier: Apache-2.0
#include "hdf5_mutant.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cstring>
#include <string_view>

namespace {

constexpr std::uint64_t kWords[] = {0,          1,          7,          0x7f,       0xff,
                                    0x7fff,     0xffff,     0x7fffffff, 0x80000000, 0xffffffff,
                                    1ull << 40, 1ull << 62, 1ull << 63, ~0ull,      ~0ull - 7};

void editOnce(std::string& bytes, Random& random) {
    const std::size_t at = random() % bytes.size(), left = bytes.size() - at;
    switch (random() % 8) {
        case 0:
            bytes[at] = static_cast<char>(random());
            break;
        case 1:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
            break;
        case 2:
        case 3: {
            const std::uint64_t word = kWords[random() % std::size(kWords)];
            std::memcpy(&bytes[at], &word, std::min<std::size_t>(left, std::size_t{1} << (random() % 4)));
            break;
        }
        case 4: {
            const std::size_t length = std::min<std::size_t>({left, 1 + random() % 64, bytes.size() / 2});
            const std::size_t from = random() % (bytes.size() - length + 1);
            std::memmove(&bytes[at], &bytes[from], length);
            break;
        }
        case 5:
            std::memset(&bytes[at], 0, std::min<std::size_t>(left, 1 + random() % 32));
            break;
        case 6:
            bytes[at] = static_cast<char>(bytes[at] + (random() % 2 ? 1 : -1));
            break;
        default: {  // the next letter or digit: the JSON texts, and names
            const auto text =
                std::find_if(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(),
                             [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
            if (text != bytes.end()) *text = "0919-\"[{}],:aeE.\\\x80"[random() % 18];
        }
    }
}

void sign(std::string& bytes, std::size_t begin, std::size_t end) {
    if (end + 4 > bytes.size()) return;
    const std::uint32_t sum = metadataChecksum(std::string_view(bytes).substr(begin, end - begin));
    for (std::size_t i = 0; i < 4; ++i) bytes[end + i] = static_cast<char>(sum >> (8 * i));
}

/// Where the checksum of the object header at `at` lies; `at` when it is none of version 2.
std::size_t headerEnd(std::string_view good, std::size_t at) {
    if (good.size() < at + 32 || good[at + 4] != 2) return at;
    const auto flags = static_cast<unsigned char>(good[at + 5]);
    std::size_t place = at + 6 + ((flags & 0x20) ? 16 : 0) + ((flags & 0x10) ? 4 : 0), length = 0;
    const std::size_t width = std::size_t{1} << (flags & 3);
    for (std::size_t i = 0; i < width; ++i)
        length |= std::size_t{static_cast<unsigned char>(good[place + i])} << (8 * i);
    place += width + length;
    return place + 4 <= good.size() ? place : at;
}

}  // namespace

std::string edited(std::string bytes, Random& random) {
    for (std::uint64_t edits = 1 + random() % 8; edits > 0 && !bytes.empty(); --edits)
        editOnce(bytes, random);
    if (random() % 16 == 0) bytes.resize(random() % (bytes.size() + 1));
    return bytes;
}

std::string mutant(const std::string& good, Random& random) {
    std::string bytes = edited(good, random);
    if (random() % 4 == 0) return bytes;
    if (good.size() > 48) sign(bytes, 0, 44);
    for (std::size_t at = good.find("OHDR"); at != std::string::npos; at = good.find("OHDR", at + 4)) {
        const std::size_t end = headerEnd(good, at);
        if (end > at) sign(bytes, at, end);
    }
    return bytes;
}

std::uint32_t metadataChecksum(std::string_view bytes) {
    std::uint32_t a = 0xdeadbeef + static_cast<std::uint32_t>(bytes.size()), b = a, c = a;
    const auto add = [&](std::string_view piece) {
        std::uint32_t words[3] = {};
        for (std::size_t i = 0; i < piece.size(); ++i) {
            words[i / 4] += std::uint32_t{static_cast<unsigned char>(piece[i])} << (8 * (i % 4));
        }
        a += words[0], b += words[1], c += words[2];
    };
    for (; bytes.size() > 12; bytes.remove_prefix(12)) {
        add(bytes.substr(0, 12));
        a -= c, a ^= std::rotl(c, 4), c += b;
        b -= a, b ^= std::rotl(a, 6), a += c;
        c -= b, c ^= std::rotl(b, 8), b += a;
        a -= c, a ^= std::rotl(c, 16), c += b;
        b -= a, b ^= std::rotl(a, 19), a += c;
        c -= b, c ^= std::rotl(b, 4), b += a;
    }
    if (bytes.empty()) return c;
    add(bytes);
    c ^= b, c -= std::rotl(b, 14);
    a ^= c, a -= std::rotl(c, 11);
    b ^= a, b -= std::rotl(a, 25);
    c ^= b, c -= std::rotl(b, 16);
    a ^= c, a -= std::rotl(c, 4);
    b ^= a, b -= std::rotl(a, 14);
    c ^= b, c -= std::rotl(b, 24);
    return c;
}
