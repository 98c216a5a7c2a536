// SPDX-License-Identifier: Apache-2.0
#include "latent/learn/torch/state.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdlib>

namespace latent::learn {
namespace {

constexpr const char* kCpuGenerator = "generator.cpu";
constexpr const char* kCudaGenerator = "generator.cuda";

DType dtypeOfTensor(const torch::Tensor& t) {
    switch (t.scalar_type()) {
        case torch::kFloat32:
            return F32;
        case torch::kFloat64:
            return F64;
        case torch::kInt8:
            return I8;
        case torch::kInt16:
            return I16;
        case torch::kInt32:
            return I32;
        case torch::kInt64:
            return I64;
        case torch::kUInt8:
        case torch::kBool:
            return U8;
        default:
            throw UsageError(std::string("A tensor of type ") + torch::toString(t.scalar_type()) +
                             " cannot be stored; convert it to float32 first.");
    }
}

torch::ScalarType scalarTypeOf(DType t) {
    switch (t) {
        case DType::F32:
            return torch::kFloat32;
        case DType::F64:
            return torch::kFloat64;
        case DType::I8:
            return torch::kInt8;
        case DType::I16:
            return torch::kInt16;
        case DType::I32:
            return torch::kInt32;
        case DType::I64:
            return torch::kInt64;
        case DType::U8:
            return torch::kUInt8;
        default:
            throw UsageError("LibTorch has no tensor type for " + std::string(nameOf(t)) + " arrays.");
    }
}

at::Generator generatorOf(const char* name) {
    return name == kCudaGenerator ? at::globalContext().defaultGenerator(torch::Device(torch::kCUDA, 0))
                                  : at::globalContext().defaultGenerator(torch::kCPU);
}

}  // namespace

torch::Device deviceOf(const std::string& name) {
    try {
        const torch::Device device(name);
        if (!device.is_cuda() || std::max<int>(device.index(), 0) < torch::cuda::device_count())
            return device;
    } catch (const c10::Error&) {
        throw RunError("'" + name + "' is no device; use cpu, cuda or cuda:N.");
    }
    throw RunError("The device '" + name + "' was asked for, but LibTorch sees no such GPU. Use device cpu.");
}

torch::Device prepare(const Job& job, int64_t seed) {
    at::set_num_threads(job.threads());
    at::globalContext().setDeterministicAlgorithms(job.deterministic(), /*warn_only=*/false);
    at::globalContext().setDeterministicCuDNN(job.deterministic());
    at::globalContext().setBenchmarkCuDNN(!job.deterministic());
    torch::manual_seed(static_cast<uint64_t>(seed));
    const bool cuda = job.device().rfind("cuda", 0) == 0;
    // cuBLAS gives the same bits again only with a workspace of a fixed size; LibTorch refuses to multiply without. Read when
    // cuBLAS is first used.
    if (cuda && job.deterministic()) ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
    return deviceOf(job.device());
}

ArrayView viewOf(const torch::Tensor& t) {
    if (!t.device().is_cpu() || !t.is_contiguous())
        throw UsageError(
            "viewOf: the tensor must be dense and on the CPU; call .cpu().contiguous() and keep the result.");
    return ArrayView(t.data_ptr(), dtypeOfTensor(t), t.sizes().vec());
}

torch::Tensor tensorOf(const Array& array) {
    torch::Tensor t = torch::empty(array.shape(), torch::dtype(scalarTypeOf(array.dtype())));
    std::memcpy(t.data_ptr(), array.data(), array.count() * sizeOf(array.dtype()));
    return t;
}

void TensorState::add(const std::string& prefix,
                      const std::vector<std::pair<std::string, torch::Tensor>>& tensors) {
    for (const auto& [name, tensor] : tensors) m_tensors.emplace_back(prefix + "." + name, tensor);
}

void TensorState::add(const std::string& prefix,
                      const torch::OrderedDict<std::string, torch::Tensor>& tensors) {
    for (const auto& item : tensors) m_tensors.emplace_back(prefix + "." + item.key(), item.value());
}

void TensorState::addGenerator() { m_generator = true; }

State TensorState::save() {
    torch::NoGradGuard guard;
    m_copies.clear();
    State state;
    const auto keep = [&](const std::string& name, const torch::Tensor& t) {
        m_copies.push_back(t.detach().cpu().contiguous());
        state.arrays.emplace_back(name, viewOf(m_copies.back()));
    };
    for (const auto& [name, tensor] : m_tensors) keep(name, tensor);
    if (m_generator) {
        keep(kCpuGenerator, generatorOf(kCpuGenerator).get_state());
        if (torch::cuda::is_available()) keep(kCudaGenerator, generatorOf(kCudaGenerator).get_state());
    }
    return state;
}

void TensorState::restore(const Resumed& resumed) {
    torch::NoGradGuard guard;
    for (auto& [name, tensor] : m_tensors) {
        const torch::Tensor saved = tensorOf(resumed.array(name));
        if (saved.sizes() != tensor.sizes())
            throw RunError("The checkpoint's array '" + name +
                           "' has another shape than the model of this request.");
        tensor.copy_(saved);
    }
    if (!m_generator) return;
    for (const char* name : {kCpuGenerator, kCudaGenerator}) {
        if (name == kCudaGenerator && !torch::cuda::is_available()) continue;
        at::Generator generator = generatorOf(name);
        generator.set_state(tensorOf(resumed.array(name)));
    }
}

}  // namespace latent::learn
