// SPDX-License-Identifier: Apache-2.0
#pragma once
// Damaged HDF5 files: each mutant is read by a child of its own, because libhdf5 1.10 dies of some. A child that reads to the end, or
// refuses with a sentence that names the file, is right; one that is ended inside libhdf5, by a signal or by a sanitizer that watches
// what it copies, is counted and told, and more than one in fifty is a mistake, as is any child that a sanitizer ended in our own code.
//
//     return readMutants(bytes, "mutant.nc", readAs);
//
// LATENT_FUZZ_RUNS / 20 mutants (300), LATENT_FUZZ_SEED; LATENT_FUZZ_ONLY=251: that mutant in this process, with what the sanitizer
// says.

#include <functional>
#include <string>

/// `readAs` is given the path of a mutant of `good` under the name `name`, and gives 0 where it was read or refused by name. The exit
/// code of a fuzzer.
int readMutants(const std::string& good, const std::string& name,
                const std::function<int(const std::string& path)>& readAs);

/// 0 when `read` ends, or throws a latent::RunError that names a file called "mutant"; 7 when the sentence names none.
int readOrRefused(const std::function<void()>& read);
