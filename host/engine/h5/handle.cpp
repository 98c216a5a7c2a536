// SPDX-License-Identifier: Apache-2.0
#include "engine/h5/handle.hpp"

#include <array>
#include <charconv>

#include "engine/files/operations.hpp"

namespace latent::engine::h5 {
namespace {

std::recursive_mutex& libraryMutex() {
    static std::recursive_mutex mutex;
    return mutex;
}

herr_t innermost(unsigned, const H5E_error2_t* entry, void* text) {
    auto& reason = *static_cast<std::string*>(text);
    if (reason.empty() && entry->desc) reason = entry->desc;
    return 0;
}

/// libhdf5 tells of failed calls in its own way ("file write failed: time = …, errno = 28, …"); people get
/// ours.
std::string plainReason(const std::string& reason) {
    constexpr std::string_view kMark = "errno = ";
    const auto mark = reason.find(kMark);
    if (mark == std::string::npos) return reason;
    int number = 0;
    std::from_chars(reason.data() + mark + kMark.size(), reason.data() + reason.size(), number);
    return number > 0 ? errorReason(number) : reason;
}

constexpr std::array<DType, 10> kAll{DType::F32, DType::F64, DType::I8,  DType::I16, DType::I32,
                                     DType::I64, DType::U8,  DType::U16, DType::U32, DType::U64};

}  // namespace

std::unique_lock<std::recursive_mutex> enter() {
    std::unique_lock lock(libraryMutex());
    static const bool ready = [] {
        // At exit libhdf5 would try once more to write files that it could not write (a full disk), and crash
        // over it. All of ours are closed by then.
        H5dont_atexit();
        H5open();
        H5PLset_loading_state(0);  // a file must not be able to load a library
        return true;
    }();
    static_cast<void>(ready);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // the stack belongs to the thread, so each one is silenced
    H5Eclear2(H5E_DEFAULT);
    return lock;
}

Error h5Error(std::string_view action, std::string_view what, Exit exit) {
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, &reason);
    if (reason.empty()) reason = "libhdf5 gives no reason";
    H5Eclear2(H5E_DEFAULT);
    return {exit, std::string(action) + " " + std::string(what) + ": " + plainReason(reason) + "."};
}

hid_t fileType(DType dtype) {
    switch (dtype) {
        case DType::F32:
            return H5T_IEEE_F32LE;
        case DType::F64:
            return H5T_IEEE_F64LE;
        case DType::I8:
            return H5T_STD_I8LE;
        case DType::I16:
            return H5T_STD_I16LE;
        case DType::I32:
            return H5T_STD_I32LE;
        case DType::I64:
            return H5T_STD_I64LE;
        case DType::U8:
            return H5T_STD_U8LE;
        case DType::U16:
            return H5T_STD_U16LE;
        case DType::U32:
            return H5T_STD_U32LE;
        case DType::U64:
            return H5T_STD_U64LE;
    }
    return -1;
}

hid_t memoryType(DType dtype) {
    switch (dtype) {
        case DType::F32:
            return H5T_NATIVE_FLOAT;
        case DType::F64:
            return H5T_NATIVE_DOUBLE;
        case DType::I8:
            return H5T_NATIVE_INT8;
        case DType::I16:
            return H5T_NATIVE_INT16;
        case DType::I32:
            return H5T_NATIVE_INT32;
        case DType::I64:
            return H5T_NATIVE_INT64;
        case DType::U8:
            return H5T_NATIVE_UINT8;
        case DType::U16:
            return H5T_NATIVE_UINT16;
        case DType::U32:
            return H5T_NATIVE_UINT32;
        case DType::U64:
            return H5T_NATIVE_UINT64;
    }
    return -1;
}

std::optional<DType> dtypeOf(hid_t type) {
    for (const DType dtype : kAll) {
        if (H5Tequal(type, fileType(dtype)) > 0) return dtype;
    }
    return std::nullopt;
}

}  // namespace latent::engine::h5
