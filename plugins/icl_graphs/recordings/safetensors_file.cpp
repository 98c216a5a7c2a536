// SPDX-License-Identifier: Apache-2.0
// Safetensors, box by box: the header is checked by the SDK, elements are read where they lie.
#include <latent/error.hpp>
#include <latent/learn/arrays/raw_bytes.hpp>
#include <latent/learn/safetensors.hpp>

#include "recordings/array_file.hpp"

namespace icl_graphs {
namespace {

class SafetensorsFile final : public ArrayFile {
  public:
    explicit SafetensorsFile(const std::filesystem::path& path)
        : ArrayFile(path), m_index(latent::learn::indexSafetensors(path)) {
        m_bytes = latent::learn::plainBytes(std::make_shared<latent::learn::FileHandle>(path),
                                            m_index.dataStart, m_index.dataBytes);
        for (const auto& [name, tensor] : m_index.tensors) {
            static const std::map<std::string, Element> kTypes = {
                {"F16", Element::F16}, {"BF16", Element::BF16}, {"F32", Element::F32}, {"F64", Element::F64},
                {"I8", Element::I8},   {"U8", Element::U8},     {"I16", Element::I16}, {"U16", Element::U16},
                {"I32", Element::I32}, {"U32", Element::U32},   {"I64", Element::I64}, {"U64", Element::U64},
                {"BOOL", Element::U8}};
            const auto type = kTypes.find(tensor.dtype);
            m_arrays[name] = type == kTypes.end()
                                 ? ArrayInfo{tensor.shape, Element::U8,
                                             "is of the type " + tensor.dtype +
                                                 ", which is not read; save it as F32, F16 or BF16"}
                                 : ArrayInfo{tensor.shape, type->second};
        }
        m_metadata = m_index.metadata;
    }

  private:
    void readBox(const std::string& name, const ArrayInfo& info, const std::vector<std::int64_t>& start,
                 const std::vector<std::int64_t>& count, std::span<float> out) override {
        readDenseBox(*m_bytes, {m_index.tensors.at(name).offset, false}, info, start, count, out);
    }
    void readBox(const std::string& name, const ArrayInfo& info, const std::vector<std::int64_t>& start,
                 const std::vector<std::int64_t>& count, std::span<double> out) override {
        readDenseBox(*m_bytes, {m_index.tensors.at(name).offset, false}, info, start, count, out);
    }
    void readIntegers(const std::string& name, const ArrayInfo& info, std::span<std::int64_t> out) override {
        readDenseIntegers(*m_bytes, {m_index.tensors.at(name).offset, false}, info, out);
    }
    latent::learn::SafetensorsIndex m_index;
    std::unique_ptr<latent::learn::RawBytes> m_bytes;
};

}  // namespace

std::unique_ptr<ArrayFile> openSafetensorsFile(const std::filesystem::path& path) {
    return std::make_unique<SafetensorsFile>(path);
}

}  // namespace icl_graphs
