// SPDX-License-Identifier: Apache-2.0
#pragma once
// A value or the reason why there is none.
//
// Everything in the engine that can fail for a reason outside the program returns a Result. The error is a sentence
// for people (what is wrong, with which thing, what to do) and the exit code that `latent` ends with. No thread or
// ownership rules: it is a plain value.
//
//     Result<Request> request = readRequest(folder);
//     if (!request) return request.error();
//     use(*request);
//
//     LATENT_TRY(auto bytes, readFile(path));   // the same in one line: returns the error of the enclosing function

#include <string>
#include <utility>
#include <variant>

namespace latent::engine {

/// Exit codes of `latent`, and so the coarse class of every error.
enum class Exit : int { Done = 0, BadRequest = 2, RefusedInput = 3, Interrupted = 4, Failed = 5 };

struct Error {
    Exit exit = Exit::Failed;
    std::string message;
};

inline Error badRequest(std::string message) { return {Exit::BadRequest, std::move(message)}; }
inline Error refused(std::string message) { return {Exit::RefusedInput, std::move(message)}; }
inline Error interrupted(std::string message) { return {Exit::Interrupted, std::move(message)}; }
inline Error failed(std::string message) { return {Exit::Failed, std::move(message)}; }

template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return m_state.index() == 0; }
    T& operator*() & { return std::get<0>(m_state); }
    const T& operator*() const& { return std::get<0>(m_state); }
    T&& operator*() && { return std::get<0>(std::move(m_state)); }
    T* operator->() { return &std::get<0>(m_state); }
    const T* operator->() const { return &std::get<0>(m_state); }
    const Error& error() const { return std::get<1>(m_state); }

  private:
    std::variant<T, Error> m_state;
};

/// Nothing or an error: what an action returns.
struct Done {};
using Status = Result<Done>;
inline Status ok() { return Done{}; }

}  // namespace latent::engine

#define LATENT_JOIN2(a, b) a##b
#define LATENT_JOIN(a, b) LATENT_JOIN2(a, b)
/// Evaluates a Result; on error returns it from the enclosing function, else binds the value.
#define LATENT_TRY(declaration, expression)                            \
    auto LATENT_JOIN(tryResult, __LINE__) = (expression);              \
    if (!LATENT_JOIN(tryResult, __LINE__)) return LATENT_JOIN(tryResult, __LINE__).error(); \
    declaration = *std::move(LATENT_JOIN(tryResult, __LINE__))
/// The same for a Status.
#define LATENT_CHECK(expression)                                       \
    if (auto checkResult = (expression); !checkResult) return checkResult.error()
