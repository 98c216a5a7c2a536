// SPDX-License-Identifier: Apache-2.0
#pragma once
// Layout sentinels: the binary boundary, pinned. A change that moves one of these breaks every plugin ever built, so it
// does not compile. Included by the host, by every plugin (through <latent/plugin.hpp>) and by the ABI probe library.
// What these cannot see, the order of virtual functions, the abidiff gate over tests/abi sees.
//
//     #include "latent/abi/sentinels.hpp"   // nothing to call

#include <cstddef>

#include "latent/abi/descriptor.h"
#include "latent/abi/plugin.hpp"

namespace latent::abi {

static_assert(sizeof(void*) == 8, "Latent plugins are 64-bit.");

static_assert(sizeof(Text) == 16 && offsetof(Text, data) == 0 && offsetof(Text, size) == 8);

static_assert(sizeof(Array) == 48 && alignof(Array) == 8);
static_assert(offsetof(Array, data) == 0 && offsetof(Array, shape) == 8 && offsetof(Array, strides) == 16);
static_assert(offsetof(Array, owner) == 24 && offsetof(Array, release) == 32);
static_assert(offsetof(Array, dtype) == 40 && offsetof(Array, ndim) == 44);

static_assert(sizeof(NamedArray) == 64 && offsetof(NamedArray, name) == 0 &&
              offsetof(NamedArray, array) == 16);

static_assert(sizeof(DTypeCode) == 4 && sizeof(StatusCode) == 4);
static_assert(kF32 == 1 && kF64 == 2 && kI8 == 3 && kI16 == 4 && kI32 == 5);
static_assert(kI64 == 6 && kU8 == 7 && kU16 == 8 && kU32 == 9 && kU64 == 10);
static_assert(kOk == 0 && kNothing == 1 && kError == -1);

static_assert(sizeof(latent_descriptor) == 72);
static_assert(offsetof(latent_descriptor, magic) == 0 && offsetof(latent_descriptor, struct_size) == 4);
static_assert(offsetof(latent_descriptor, abi_major) == 8 && offsetof(latent_descriptor, abi_minor) == 10);
static_assert(offsetof(latent_descriptor, qt_version) == 12 && offsetof(latent_descriptor, id) == 16);
static_assert(offsetof(latent_descriptor, version) == 24 && offsetof(latent_descriptor, toolchain) == 32);
static_assert(offsetof(latent_descriptor, torch_version) == 40 &&
              offsetof(latent_descriptor, sdk_version) == 48);
static_assert(offsetof(latent_descriptor, create) == 56 && offsetof(latent_descriptor, reserved) == 64);

// An interface is one pointer to its table and nothing else.
static_assert(sizeof(ISink) == 8 && sizeof(IHost1) == 8 && sizeof(IRun1) == 8 && sizeof(IRunSet1) == 8);
static_assert(sizeof(IJob1) == 8 && sizeof(IReply1) == 8);
static_assert(sizeof(IPlugin1) == 8 && sizeof(IExperiment1) == 8 && sizeof(IProbe1) == 8 &&
              sizeof(IDataSource1) == 8);

}  // namespace latent::abi
