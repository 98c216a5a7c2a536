// SPDX-License-Identifier: Apache-2.0
#pragma once
// Arrays across the binary boundary: abi::Array to the engine's views and back.
//
// What a plugin hands in is checked (type, rank, negative extents, overflow) before anything is read from it. `Borrowed`
// holds a dense copy when the plugin's strides are not row-major. What goes out is owned by its receiver through
// `release`. Any thread.
//
//     LATENT_TRY(Borrowed rows, borrow(*array, "the array 'loss'"));
//     writer.publish("loss", rows.view());
//     give(std::move(read), out);                       // out->release frees it

#include <string>

#include "engine/h5/array.hpp"
#include "engine/result.hpp"
#include "latent/abi/types.hpp"

namespace latent::engine {

class Borrowed {
  public:
    const ArrayView& view() const { return m_view; }

  private:
    friend Result<Borrowed> borrow(const abi::Array& array, const std::string& what);
    ArrayView m_view;
    std::string m_dense;  ///< the elements, where they had to be gathered
};

/// Checks a plugin's array and views it densely; `what` names it in errors.
Result<Borrowed> borrow(const abi::Array& array, const std::string& what);

/// Moves an array to the other side.
void give(Array array, abi::Array* out);

}  // namespace latent::engine
