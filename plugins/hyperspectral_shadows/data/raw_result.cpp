// SPDX-License-Identifier: Apache-2.0
#include "data/raw_result.hpp"

#include <iomanip>
#include <latent/error.hpp>

namespace hyperspectral_shadows {

namespace fs = std::filesystem;

RawResult::RawResult(const std::string& input, const CubeHeader& header, const std::string& folder,
                     bool withSigma, const RawOrigin& origin)
    : m_header(header), m_sigma(withSigma), m_enviFields(origin.enviFields) {
    const bool numpy = header.format == "NumPy";
    m_interleave = header.format.rfind("ENVI ", 0) == 0 ? header.format.substr(5) : "bip";
    m_path = resultPath(input, folder, "_unshadowed", numpy ? ".npy" : ".img");
    if (!numpy) (m_enviHeader = m_path).replace_extension(".hdr");
    m_images = std::make_unique<Hdf5Output>(resultPath(input, folder, "_shadow", ".nc"), "", origin.file);
    m_images->dimension("y", header.lines);
    m_images->dimension("x", header.samples);
    if (m_sigma)
        m_images->dimension("band", header.bands),
            m_images->create(kSigmaPath, {"y", "x", "band"}, header.unit);
    m_images->partialFiles().removeAbandoned(m_path.string());
    if (!m_enviHeader.empty()) m_images->partialFiles().removeAbandoned(m_enviHeader.string());
    m_file.open(partial(m_path), std::ios::binary | std::ios::trunc);
    if (numpy) {
        std::string words = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                            std::to_string(header.lines) + ", " + std::to_string(header.samples) + ", " +
                            std::to_string(header.bands) + "), }";
        words.resize((words.size() + 11 + 63) / 64 * 64 - 11, ' ');
        words += '\n';
        m_file << "\x93NUMPY" << '\1' << '\0' << static_cast<char>(words.size() & 255)
               << static_cast<char>(words.size() >> 8) << words;
    }
    m_start = m_file.tellp();
    if (!m_file) fail(m_path);
}

RawResult::~RawResult() {
    if (m_done) return;
    m_file.close();
    std::error_code error;
    for (const fs::path& path : m_named) fs::remove(path, error);
    fs::remove(partial(m_path), error);
    if (!m_enviHeader.empty()) fs::remove(partial(m_enviHeader), error);
}

fs::path RawResult::partial(const fs::path& path) const { return m_images->partialFiles().of(path.string()); }

void RawResult::lines(std::int64_t first, std::int64_t count, const float* corrected, const float* sigma) {
    const std::int64_t samples = m_header.samples, bands = m_header.bands;
    if (sigma && m_sigma) m_images->write(kSigmaPath, {first, 0, 0}, {count, samples, bands}, sigma);
    if (m_interleave == "bip") return putAt(first * samples * bands, corrected, count * samples * bands);
    std::vector<float> plane(
        static_cast<std::size_t>(m_interleave == "bil" ? samples * bands : count * samples));
    const auto from = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
        return corrected[(y * samples + x) * bands + c];
    };
    if (m_interleave == "bil") {
        for (std::int64_t y = 0; y < count; ++y) {
            for (std::int64_t c = 0; c < bands; ++c)
                for (std::int64_t x = 0; x < samples; ++x)
                    plane[static_cast<std::size_t>(c * samples + x)] = from(y, x, c);
            putAt((first + y) * samples * bands, plane.data(), samples * bands);
        }
    } else {
        for (std::int64_t c = 0; c < bands; ++c) {
            for (std::int64_t y = 0; y < count; ++y)
                for (std::int64_t x = 0; x < samples; ++x)
                    plane[static_cast<std::size_t>(y * samples + x)] = from(y, x, c);
            putAt((c * m_header.lines + first) * samples, plane.data(), count * samples);
        }
    }
}

void RawResult::image(const std::string& name, const std::vector<float>& values, const std::string& units,
                      bool bytes) {
    m_images->create("Shadow/" + name, {"y", "x"}, units, bytes);
    m_images->write("Shadow/" + name, {0, 0}, {m_header.lines, m_header.samples}, values.data());
}

void RawResult::finish(const std::string& provenance) {
    // What may fail for want of room comes before any file takes its name; the ENVI header, which makes the
    // cube look whole, takes it last.
    m_file.close();
    if (!m_file) fail(m_path);
    if (!m_enviHeader.empty()) writeEnviHeader();
    m_images->attribute("shadow_provenance", provenance);
    m_images->finish();
    m_named.push_back(m_images->path());
    takeName(m_path);
    if (!m_enviHeader.empty()) takeName(m_enviHeader);
    m_done = true;
}

void RawResult::takeName(const fs::path& path) {
    std::error_code error;
    fs::rename(partial(path), path, error);
    if (error) fail(path);
    m_named.push_back(path);
}

void RawResult::putAt(std::int64_t element, const float* values, std::int64_t count) {
    m_file.seekp(m_start + static_cast<std::streamoff>(element * 4));
    m_file.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * 4));
    if (!m_file) fail(m_path);
}

void RawResult::fail(const fs::path& path) const {
    throw latent::RunError("The file " + path.string() +
                           " cannot be written. Is the disk full, or may the folder not be written to?");
}

void RawResult::writeEnviHeader() {
    std::ofstream text(partial(m_enviHeader));
    text << "ENVI\ndescription = {shadow removed}\nsamples = " << m_header.samples
         << "\nlines = " << m_header.lines << "\nbands = " << m_header.bands
         << "\nheader offset = 0\nfile type = ENVI Standard\ndata type = 4\ninterleave = " << m_interleave
         << "\nbyte order = 0\n";
    for (const auto& [key, field] : m_enviFields) text << field << '\n';
    if (!m_header.wavelengthNm.empty() && m_enviFields.count("wavelength") == 0) {
        text << "wavelength units = Nanometers\nwavelength = {" << std::setprecision(10);
        for (std::size_t i = 0; i < m_header.wavelengthNm.size(); ++i)
            text << (i ? ", " : "") << m_header.wavelengthNm[i];
        text << "}\n";
    }
    text.close();
    if (!text) fail(m_enviHeader);
}

}  // namespace hyperspectral_shadows
