/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LATENT_ABI_DESCRIPTOR_H
#define LATENT_ABI_DESCRIPTOR_H
/* The first thing the host reads from a plugin library, before any C++ call: one C function that returns one frozen
 * struct. The host looks the symbol up with Boost.DLL, checks magic, size, ABI and toolchain, and only then calls
 * create(). LATENT_PLUGIN(...) in <latent/plugin.hpp> writes all of it; nobody fills this in by hand.
 *
 *     const latent_descriptor* d = latent_plugin_descriptor();
 *     if (d->magic == LATENT_MAGIC && d->abi_major == LATENT_ABI_MAJOR) plugin = d->create(host, error);
 */
#include <stdint.h>

#define LATENT_MAGIC 0x544E544Cu /* "LTNT" */
#define LATENT_ABI_MAJOR 1u      /* a plugin of another major is refused */
#define LATENT_ABI_MINOR 0u      /* a plugin of a newer minor is refused, an older one loads */
#define LATENT_DESCRIPTOR_SYMBOL "latent_plugin_descriptor"

#ifdef __cplusplus
extern "C" {
#endif

/* FROZEN: 72 bytes on a 64-bit machine, for good. Strings are UTF-8 and live as long as the library. */
typedef struct latent_descriptor {
    uint32_t magic;
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t qt_version;          /* 0x060402 for 6.4.2; 0 when the library does not use Qt */
    const char* id;               /* as in the manifest */
    const char* version;          /* as in the manifest */
    const char* toolchain;        /* "itanium;libstdc++;cxx11abi=1;x86_64" */
    const char* torch_version;    /* "" when the library does not use LibTorch */
    const char* sdk_version;      /* the SDK it was built with */
    /* Makes the plugin: an abi::IPlugin1*. `host` is an abi::IHost1* that outlives it; a sentence goes to `error`
     * (an abi::ISink*) when null comes back. Called once, on the main thread of a worker. */
    void* (*create)(void* host, void* error);
    const void* reserved;         /* null */
} latent_descriptor;

typedef const latent_descriptor* (*latent_plugin_descriptor_fn)(void);

#ifdef __cplusplus
}
#endif
#endif
