// SPDX-License-Identifier: Apache-2.0
#pragma once
// What npz archives and single npy files share: arrays whose head stands before their elements. Internal.
#include <latent/learn/arrays/raw_bytes.hpp>

namespace latent::learn {

class NumpyFile : public ArrayFile {
  protected:
    using ArrayFile::ArrayFile;
    /// `bytes` hold the array with its head. Refuses what is no npy array, or not of the size that its shape
    /// needs.
    void addNpy(const std::string& name, std::unique_ptr<RawBytes> bytes);

  private:
    struct Stored {
        std::unique_ptr<RawBytes> bytes;
        DenseLayout layout;
    };
    void readBox(const std::string& name, const ArrayInfo& info, const std::vector<std::int64_t>& start,
                 const std::vector<std::int64_t>& count, std::span<float> out) override;
    void readBox(const std::string& name, const ArrayInfo& info, const std::vector<std::int64_t>& start,
                 const std::vector<std::int64_t>& count, std::span<double> out) override;
    void readIntegers(const std::string& name, const ArrayInfo& info, std::span<std::int64_t> out) override;

    std::map<std::string, Stored> m_stored;
};

}  // namespace latent::learn
