// SPDX-License-Identifier: Apache-2.0
#pragma once
// The plain data that crosses the binary boundary. Authors never see it: <latent/latent.hpp> wraps all of it.
//
// Every struct here is FROZEN: its size and offsets never change (sdk/include/latent/abi/sentinels.hpp pins them). No
// STL, Qt or LibTorch type and no exception crosses; text is UTF-8 with a length; configuration is JSON text; numbers
// travel as Array views. Nothing is passed by value but integers, doubles and pointers. A view is borrowed for the
// length of the call that carries it, unless its comment says otherwise. Plain data: whoever holds a value may use it on
// any thread, and nobody locks anything here.
//
//     const latent::abi::Text name = latent::abi::text("loss");
//     job->metric(&name, step, value);

#include <cstdint>
#include <string_view>

#if defined(_WIN32)
#define LATENT_CALL __cdecl
#define LATENT_EXPORT __declspec(dllexport)
#else
#define LATENT_CALL
#define LATENT_EXPORT __attribute__((visibility("default")))
#endif

namespace latent::abi {

/// UTF-8, not terminated, borrowed. FROZEN.
struct Text {
    const char* data;
    uint64_t size;
};

/// Element types, numbered for good. FROZEN.
enum DTypeCode : int32_t {
    kF32 = 1, kF64 = 2, kI8 = 3, kI16 = 4, kI32 = 5, kI64 = 6, kU8 = 7, kU16 = 8, kU32 = 9, kU64 = 10
};

/// A view of an n-dimensional array, as DLPack: strides are in bytes (null: row-major and dense). When `release` is
/// not null the receiver calls it once, when it has finished with the data; when null the data are borrowed for the
/// call. FROZEN.
struct Array {
    const void* data;
    const int64_t* shape;
    const int64_t* strides;
    void* owner;
    void(LATENT_CALL* release)(Array* self);
    int32_t dtype;
    int32_t ndim;
};

/// An array with a name: the entries of a checkpoint or a reply. FROZEN.
struct NamedArray {
    Text name;
    Array array;
};

/// What a call across the boundary answers. FROZEN.
enum StatusCode : int32_t { kOk = 0, kNothing = 1, kError = -1 };

inline Text text(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view view(const Text& t) { return {t.data, static_cast<size_t>(t.size)}; }

/// Receives text of any length in one or more pieces: how JSON and error sentences come back. The receiver implements
/// it and stays its owner. Never changes.
class ISink {
  public:
    virtual void LATENT_CALL write(const char* data, uint64_t size) noexcept = 0;

  protected:
    ~ISink() = default;
};

}  // namespace latent::abi
