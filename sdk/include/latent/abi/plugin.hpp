// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a plugin gives to the host. The plugin implements these (through the adapters of <latent/plugin.hpp>) and owns
// its objects: the host calls release() when it has finished, never delete. Methods are noexcept: an exception inside
// becomes kError and a sentence. No virtual destructor, no overloads, no struct by value; the order of the methods is
// the binary layout and never changes; more means a new class (IExperiment2, "latent.experiment/2").
// All of them are called on the main thread of a worker.
//
//     auto* e = static_cast<IExperiment1*>(plugin->make(&kind, &id, &error));
//     e->outputs(&parametersJson, &json, &error);
//     e->run(&requestJson, job, &error);
//     e->release();

#include "latent/abi/host.hpp"

namespace latent::abi {

/// The plugin itself: what it contributes, and a maker for each. "latent.plugin/1".
class IPlugin1 {
  public:
    virtual void LATENT_CALL release() noexcept = 0;
    /// [{"kind":"experiment","interface":"latent.experiment/1","id":"sim/theory","title","summary","schema":{…},
    ///   "claims":[…],"batches":true,…}, …] as JSON: everything that a form or a command line needs.
    virtual int32_t LATENT_CALL describe(ISink* json, ISink* error) noexcept = 0;
    /// An object of the interface: "latent.experiment/1", "latent.probe/1" or "latent.data_source/1". Null with a
    /// sentence when the plugin has none of that id.
    virtual void* LATENT_CALL make(const Text* interfaceId, const Text* id, ISink* error) noexcept = 0;

  protected:
    ~IPlugin1() = default;
};

/// Trains, fits or analyses. "latent.experiment/1".
class IExperiment1 {
  public:
    virtual void LATENT_CALL release() noexcept = 0;
    /// Outputs JSON for resolved parameters: arrays with dimensions and units, figures over them.
    virtual int32_t LATENT_CALL outputs(const Text* parametersJson, ISink* json, ISink* error) noexcept = 0;
    /// Cells with the same key may run together in one run(); an empty key: this one runs alone.
    virtual int32_t LATENT_CALL batchKey(const Text* parametersJson, ISink* key, ISink* error) noexcept = 0;
    /// {"cells":[{parameters},…]}: one cell, or several of one batch key; then every array has a leading axis `cell`.
    virtual int32_t LATENT_CALL run(const Text* requestJson, IJob1* job, ISink* error) noexcept = 0;
    /// Evidence JSON for the claims that the description declared.
    virtual int32_t LATENT_CALL measure(IRunSet1* runs, ISink* json, ISink* error) noexcept = 0;

  protected:
    ~IExperiment1() = default;
};

/// An interactive question to a run (or to none), kept warm. "latent.probe/1".
class IProbe1 {
  public:
    virtual void LATENT_CALL release() noexcept = 0;
    /// Loads what questions need; `run` is null for a probe that needs none, and outlives the probe otherwise.
    virtual int32_t LATENT_CALL open(IRun1* run, ISink* error) noexcept = 0;
    virtual int32_t LATENT_CALL outputs(const Text* parametersJson, ISink* json, ISink* error) noexcept = 0;
    virtual int32_t LATENT_CALL answer(const Text* parametersJson, IReply1* reply, ISink* error) noexcept = 0;

  protected:
    ~IProbe1() = default;
};

/// Makes or loads a data set, and shows what it looks like. "latent.data_source/1".
class IDataSource1 {
  public:
    virtual void LATENT_CALL release() noexcept = 0;
    virtual int32_t LATENT_CALL outputs(const Text* parametersJson, ISink* json, ISink* error) noexcept = 0;
    /// A small part, quickly: what the Data panel draws as parameters change.
    virtual int32_t LATENT_CALL preview(const Text* parametersJson, IReply1* reply,
                                        ISink* error) noexcept = 0;
    /// The whole data set as the arrays of a run, which `dataset` parameters then name.
    virtual int32_t LATENT_CALL run(const Text* requestJson, IJob1* job, ISink* error) noexcept = 0;

  protected:
    ~IDataSource1() = default;
};

}  // namespace latent::abi
