// SPDX-License-Identifier: Apache-2.0
// The ABI probe: one exported function for each struct, enumeration and interface that crosses the binary boundary, so
// that the debug information of this library describes all of them. abidiff compares it with baseline.abi. It is never
// loaded. A type that is missing here is not guarded: the test abi_gate_sees_break looks for such.

#include "latent/abi/descriptor.h"
#include "latent/abi/plugin.hpp"
#include "latent/abi/torch_part.hpp"
#include "latent/panel/abi/panel.hpp"
#ifndef LATENT_PROBE_WITHOUT_SENTINELS
#include "latent/panel/abi/sentinels.hpp"  // and those of the other headers
#endif

#define LATENT_PROBE(Type) \
    extern "C" LATENT_EXPORT void latent_probe_##Type(Type* it) { kept = it; }

namespace latent::abi {

static void* volatile kept = nullptr;

LATENT_PROBE(latent_descriptor)

LATENT_PROBE(Text)
LATENT_PROBE(Array)
LATENT_PROBE(NamedArray)
LATENT_PROBE(DTypeCode)
LATENT_PROBE(StatusCode)

LATENT_PROBE(ISink)
LATENT_PROBE(IHost1)
LATENT_PROBE(IRun1)
LATENT_PROBE(IRunSet1)
LATENT_PROBE(IJob1)
LATENT_PROBE(IReply1)
LATENT_PROBE(IPlugin1)
LATENT_PROBE(IExperiment1)
LATENT_PROBE(IProbe1)
LATENT_PROBE(IDataSource1)
LATENT_PROBE(ITorchPart1)

LATENT_PROBE(PanelAnswerCode)
LATENT_PROBE(IPanelAnswer1)
LATENT_PROBE(IPanelHost1)
LATENT_PROBE(IPanel1)

}  // namespace latent::abi
