// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file that nobody sees half of: written beside its place and renamed when it is whole.
//
// A run may be killed at any moment; what is then left is "NAME.partial", which the next attempt writes over. Throws RunError when the
// file cannot be written, and what `write` throws; nothing is left behind then, and a file that was there before stays.
// Any thread, of which only one may write a path at a time.
//
//     writeWhole(job.file("notes.txt"), [&](std::ostream& out) { out << "done"; });

#include <filesystem>
#include <fstream>
#include <latent/error.hpp>
#include <string>
#include <system_error>

namespace latent::learn {

template <class Write>
void writeWhole(const std::filesystem::path& path, Write&& write) {
    const std::filesystem::path beside = path.string() + ".partial";
    std::error_code failed;
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    try {
        write(static_cast<std::ostream&>(out));
    } catch (...) {
        out.close();
        std::filesystem::remove(beside, failed);
        throw;
    }
    out.close();
    if (out) std::filesystem::rename(beside, path, failed);
    if (out && !failed) return;
    const std::string why =
        failed ? failed.message() : "the disk is full, or the folder cannot be written to";
    std::filesystem::remove(beside, failed);
    throw RunError("The file '" + path.string() + "' cannot be written: " + why + ".");
}

}  // namespace latent::learn
