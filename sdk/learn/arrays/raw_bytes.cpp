// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <latent/error.hpp>
#include <latent/learn/arrays/raw_bytes.hpp>
#include <numeric>
#include <utility>

namespace latent::learn {
namespace {

constexpr std::size_t kWindow = std::size_t{1} << 20;
constexpr std::size_t kPiece = std::size_t{1} << 16;

class PlainBytes final : public RawBytes {
  public:
    PlainBytes(std::shared_ptr<const FileHandle> file, std::uint64_t start, std::uint64_t size)
        : m_file(std::move(file)), m_start(start), m_size(size) {}
    std::uint64_t size() const override { return m_size; }

  private:
    void fetch(std::uint64_t offset, std::span<std::byte> out) override {
        m_file->read(m_start + offset, out);
    }
    std::shared_ptr<const FileHandle> m_file;
    std::uint64_t m_start, m_size;
};

class InflatedBytes final : public RawBytes {
  public:
    InflatedBytes(std::shared_ptr<const FileHandle> file, std::uint64_t start, std::uint64_t compressed,
                  std::uint64_t size)
        : m_file(std::move(file)), m_start(start), m_compressed(compressed), m_size(size) {}
    ~InflatedBytes() override { close(); }
    std::uint64_t size() const override { return m_size; }

  private:
    void close() {
        if (m_open) inflateEnd(&m_stream);
        m_open = false;
    }
    void begin() {
        close();
        m_stream = {};
        if (inflateInit2(&m_stream, -MAX_WBITS) != Z_OK)
            throw RunError("There is not enough memory to decompress '" + m_file->path().string() + "'.");
        m_open = true;
        m_read = m_done = 0;
        m_stream.avail_in = 0;
    }
    void inflateTo(std::span<std::byte> out) {
        m_stream.next_out = reinterpret_cast<Bytef*>(out.data());
        std::size_t left = out.size();
        while (left > 0) {
            if (m_stream.avail_in == 0) {
                m_input.resize(
                    static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, m_compressed - m_read)));
                if (m_input.empty()) throw ReadFault("is cut off in its compressed data");
                m_file->read(m_start + m_read, m_input);
                m_read += m_input.size();
                m_stream.next_in = reinterpret_cast<Bytef*>(m_input.data());
                m_stream.avail_in = static_cast<uInt>(m_input.size());
            }
            const uInt wanted = static_cast<uInt>(std::min<std::size_t>(left, kWindow));
            m_stream.avail_out = wanted;
            const int status = inflate(&m_stream, Z_NO_FLUSH);
            const std::size_t got = wanted - m_stream.avail_out;
            left -= got;
            m_done += got;
            if (status == Z_STREAM_END && left > 0)
                throw ReadFault("is shorter, once decompressed, than its header says");
            if (status != Z_OK && status != Z_STREAM_END &&
                !(status == Z_BUF_ERROR && m_stream.avail_in == 0))
                throw ReadFault("has damaged compressed data");
        }
    }
    void fetch(std::uint64_t offset, std::span<std::byte> out) override {
        if (!m_open || offset < m_done) begin();
        std::vector<std::byte> skipped(std::min<std::uint64_t>(offset - m_done, kWindow));
        while (m_done < offset)
            inflateTo(std::span(skipped).first(
                static_cast<std::size_t>(std::min<std::uint64_t>(offset - m_done, skipped.size()))));
        inflateTo(out);
    }

    std::shared_ptr<const FileHandle> m_file;
    std::uint64_t m_start, m_compressed, m_size, m_read = 0, m_done = 0;
    z_stream m_stream{};
    std::vector<std::byte> m_input;
    bool m_open = false;
};

}  // namespace

FileHandle::FileHandle(const std::filesystem::path& path)
    : m_path(path), m_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (m_descriptor < 0 || ::fstat(m_descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        if (m_descriptor >= 0) ::close(m_descriptor);
        throw RunError("The file '" + path.string() + "' cannot be read.");
    }
    m_size = static_cast<std::uint64_t>(status.st_size);
}
FileHandle::~FileHandle() { ::close(m_descriptor); }

void FileHandle::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const ssize_t got = ::pread(m_descriptor, out.data(), out.size(), static_cast<off_t>(offset));
        if (got <= 0) throw RunError("'" + m_path.string() + "' cannot be read: it ends early.");
        out = out.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
}

void RawBytes::read(std::uint64_t offset, std::span<std::byte> out) {
    if (offset > size() || out.size() > size() - offset)
        throw ReadFault("reaches beyond the end of its file");
    if (out.size() >= kWindow) return fetch(offset, out);
    if (offset < m_at || offset + out.size() > m_at + m_window.size()) {
        m_window.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size() - offset)));
        m_at = offset;
        try {
            fetch(offset, m_window);
        } catch (...) {
            m_window.clear();
            throw;
        }
    }
    std::copy_n(m_window.begin() + static_cast<std::ptrdiff_t>(offset - m_at), out.size(), out.begin());
}

std::unique_ptr<RawBytes> plainBytes(std::shared_ptr<const FileHandle> file, std::uint64_t start,
                                     std::uint64_t size) {
    return std::make_unique<PlainBytes>(std::move(file), start, size);
}
std::unique_ptr<RawBytes> inflatedBytes(std::shared_ptr<const FileHandle> file, std::uint64_t start,
                                        std::uint64_t compressed, std::uint64_t size) {
    return std::make_unique<InflatedBytes>(std::move(file), start, compressed, size);
}

namespace {
template <class T>
void readBoxAs(RawBytes& bytes, const DenseLayout& layout, const ArrayInfo& info,
               const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
               std::span<T> out) {
    // In the order of the file the last dimension runs fastest; a Fortran array is one with its dimensions
    // reversed.
    const std::size_t rank = info.shape.size();
    std::vector<std::size_t> order(rank);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (layout.fortran) std::reverse(order.begin(), order.end());
    std::vector<std::uint64_t> outStride(rank, 1), fileStride(rank, 1);
    for (std::size_t d = rank; d-- > 1;)
        outStride[d - 1] = outStride[d] * static_cast<std::uint64_t>(count[d]);
    for (std::size_t i = rank; i-- > 1;)
        fileStride[order[i - 1]] = fileStride[order[i]] * static_cast<std::uint64_t>(info.shape[order[i]]);
    const std::size_t element = sizeOf(info.type);

    // The longest run that is consecutive both in the file and in `out`: trailing dimensions that are taken
    // whole, and one more.
    std::size_t outer = rank;
    std::uint64_t run = 1;
    if (!layout.fortran || rank <= 1)
        while (outer > 0) {
            --outer;
            run *= static_cast<std::uint64_t>(count[outer]);
            if (count[outer] != info.shape[outer]) break;
        }
    std::vector<std::int64_t> at(rank, 0);
    std::vector<std::byte> buffer;
    constexpr std::uint64_t kMostAtOnce = std::uint64_t{1} << 22;  // elements
    for (;;) {
        std::uint64_t from = 0, to = 0;
        for (std::size_t d = 0; d < rank; ++d) {
            from += static_cast<std::uint64_t>(start[d] + at[d]) * fileStride[d];
            to += static_cast<std::uint64_t>(at[d]) * outStride[d];
        }
        for (std::uint64_t done = 0; done < run; done += kMostAtOnce) {
            const std::uint64_t now = std::min(kMostAtOnce, run - done);
            buffer.resize(static_cast<std::size_t>(now) * element);
            bytes.read(layout.offset + (from + done) * element, buffer);
            toNumbers(info.type, buffer.data(),
                      out.subspan(static_cast<std::size_t>(to + done), static_cast<std::size_t>(now)));
        }
        // The next run, the fastest dimension of the file first.
        std::size_t i = layout.fortran ? rank : outer;
        bool more = false;
        while (i-- > 0) {
            const std::size_t d = order[i];
            if (++at[d] < count[d]) {
                more = true;
                break;
            }
            at[d] = 0;
        }
        if (!more) return;
    }
}
}  // namespace

void readDenseBox(RawBytes& bytes, const DenseLayout& layout, const ArrayInfo& info,
                  const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                  std::span<float> out) {
    readBoxAs(bytes, layout, info, start, count, out);
}
void readDenseBox(RawBytes& bytes, const DenseLayout& layout, const ArrayInfo& info,
                  const std::vector<std::int64_t>& start, const std::vector<std::int64_t>& count,
                  std::span<double> out) {
    readBoxAs(bytes, layout, info, start, count, out);
}

void readDenseIntegers(RawBytes& bytes, const DenseLayout& layout, const ArrayInfo& info,
                       std::span<std::int64_t> out) {
    if (layout.fortran && info.shape.size() > 1)
        throw ReadFault(
            "holds whole numbers in Fortran order, which are not read; save it with numpy.ascontiguousarray");
    const std::size_t element = sizeOf(info.type);
    std::vector<std::byte> buffer(out.size() * element);
    bytes.read(layout.offset, buffer);
    const auto fill = [&]<class T>(T) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            T value;
            std::memcpy(&value, buffer.data() + i * sizeof(T), sizeof(T));
            if (!std::in_range<std::int64_t>(value))
                throw ReadFault("holds " + std::to_string(value) +
                                ", which is more than a signed number of 64 bits can be");
            out[i] = static_cast<std::int64_t>(value);
        }
    };
    switch (info.type) {
        case Element::I8:
            return fill(std::int8_t{});
        case Element::U8:
            return fill(std::uint8_t{});
        case Element::I16:
            return fill(std::int16_t{});
        case Element::U16:
            return fill(std::uint16_t{});
        case Element::I32:
            return fill(std::int32_t{});
        case Element::U32:
            return fill(std::uint32_t{});
        case Element::I64:
            return fill(std::int64_t{});
        case Element::U64:
            return fill(std::uint64_t{});
        default:
            throw UsageError("readDenseIntegers: the elements are no whole numbers.");
    }
}

}  // namespace latent::learn
