// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the host gives to a plugin: services by name, a running job, runs to read, a reply to fill.
//
// The host implements these and owns the objects; a plugin calls them and never deletes them. A shipped interface
// never changes: more means a new class (IJob2, "latent.job/2") beside it. Methods are noexcept; those that can fail
// return a StatusCode and put a sentence into `error`. Thread rule: methods marked [any] may be called from every
// thread of the worker; [run] only on the thread that run()/answer() was called on.
//
//     const Text name = text("ood_loss");
//     if (job->publish(&name, &array, &sentence) != kOk) throw latent::RunError(sentence.str());

#include "latent/abi/types.hpp"

namespace latent::abi {

/// Services of the host, by id; none is needed yet. "latent.host/1". [any]
class IHost1 {
  public:
    virtual void* LATENT_CALL query(const Text* interfaceId) noexcept = 0;

  protected:
    ~IHost1() = default;
};

/// One run, or one cell of a batched run, to read. "latent.run/1". [any]
class IRun1 {
  public:
    /// {"id","experiment","plugin","state","parameters",{…},"arrays":{name:{dtype,dims,shape,units}}} as JSON.
    virtual int32_t LATENT_CALL describe(ISink* json, ISink* error) noexcept = 0;
    /// A hyperslab: `offset` and `count` have one entry per dimension; both null read the whole array. The array that
    /// comes back is dense and owned by the caller through its `release`. kNothing when the run has no such array.
    virtual int32_t LATENT_CALL read(const Text* name, const int64_t* offset, const int64_t* count, Array* out,
                                     ISink* error) noexcept = 0;

  protected:
    ~IRun1() = default;
};

/// Several runs: seeds, or the cells of a sweep. "latent.run_set/1". [any]
class IRunSet1 {
  public:
    virtual uint64_t LATENT_CALL size() noexcept = 0;
    virtual IRun1* LATENT_CALL at(uint64_t index) noexcept = 0;
    /// {"kind":"run"|"sweep","swept":["mu",…],…} as JSON: the design that a claim may need.
    virtual int32_t LATENT_CALL describe(ISink* json, ISink* error) noexcept = 0;

  protected:
    ~IRunSet1() = default;
};

/// The job that a plugin's run() works for. "latent.job/1".
class IJob1 {
  public:
    /// {"threads":2,"seed":0,"device":"cpu","deterministic":true,"attempt":1,"cells":1} as JSON. [any]
    virtual int32_t LATENT_CALL environment(ISink* json) noexcept = 0;
    virtual void LATENT_CALL progress(uint64_t done, uint64_t total, const Text* message) noexcept = 0;  // [any]
    /// level: 0 debug, 1 information, 2 warning, 3 error. [any]
    virtual void LATENT_CALL log(int32_t level, const Text* message) noexcept = 0;
    /// Every value is kept; live views get at most 20 a second. [any]
    virtual void LATENT_CALL metric(const Text* name, int64_t step, double value) noexcept = 0;
    /// Appends rows to a growing array, or sets a fixed one whole; copied before it returns. [any]
    virtual int32_t LATENT_CALL publish(const Text* name, const Array* array, ISink* error) noexcept = 0;
    /// Makes a large array (declared in outputs) on disk; idempotent after a resume. [run]
    virtual int32_t LATENT_CALL create(const Text* name, ISink* error) noexcept = 0;
    /// Writes a slab of a large array; `offset` has one entry per dimension. [any]
    virtual int32_t LATENT_CALL write(const Text* name, const int64_t* offset, const Array* slab,
                                      ISink* error) noexcept = 0;
    /// Adds a figure (view JSON) to those that outputs() declared. [any]
    virtual int32_t LATENT_CALL figure(const Text* viewJson, ISink* error) noexcept = 0;
    /// 0: go on; 1: pause; 2: stop. In both cases checkpoint, then return from run(). [any]
    virtual int32_t LATENT_CALL stopRequested() noexcept = 0;
    /// 1 when a checkpoint was asked for, is due by the clock, or a pause waits for one. [any]
    virtual int32_t LATENT_CALL checkpointDue() noexcept = 0;
    /// The commit point: everything published so far and this state survive from here on. `keep` 1: never rotated
    /// away. [run]
    virtual int32_t LATENT_CALL checkpoint(int64_t step, const Text* stateJson, const NamedArray* arrays,
                                           uint64_t count, int32_t keep, ISink* error) noexcept = 0;
    /// kOk and the state's JSON when this attempt resumes a checkpoint; kNothing at a first start. [run]
    virtual int32_t LATENT_CALL resumedState(ISink* stateJson) noexcept = 0;
    /// An array of that state, dense, owned by the caller through `release`; kNothing if it has none. [run]
    virtual int32_t LATENT_CALL resumedArray(const Text* name, Array* out, ISink* error) noexcept = 0;
    /// What a path, run, checkpoint or dataset parameter resolved to: {"path","sha256",…} as JSON. [any]
    virtual int32_t LATENT_CALL input(const Text* parameter, ISink* json, ISink* error) noexcept = 0;
    /// The run behind a run, checkpoint or dataset parameter; the host stays its owner; null with a sentence. [any]
    virtual IRun1* LATENT_CALL inputRun(const Text* parameter, ISink* error) noexcept = 0;

  protected:
    ~IJob1() = default;
};

/// The answer of a probe or a preview, sent in parts. "latent.reply/1". [run]
class IReply1 {
  public:
    virtual int32_t LATENT_CALL array(const Text* name, const Array* array, ISink* error) noexcept = 0;
    /// Values that are not arrays, as a JSON object; later keys replace earlier ones.
    virtual int32_t LATENT_CALL values(const Text* json, ISink* error) noexcept = 0;
    /// Sends what there is as a partial answer.
    virtual void LATENT_CALL flush() noexcept = 0;
    /// 1 when a newer question waits or this one was cancelled: return soon.
    virtual int32_t LATENT_CALL cancelled() noexcept = 0;
    /// An array that came with the question (a painted mask, an edge list), borrowed; kNothing if none.
    virtual int32_t LATENT_CALL input(const Text* name, Array* out) noexcept = 0;

  protected:
    ~IReply1() = default;
};

}  // namespace latent::abi
