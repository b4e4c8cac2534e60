#pragma once
// For failures of the world (files, USB, layout text). Damaged flash is not a failure: it is a fact.
#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace photopsy {

/// One clear sentence: what, where, expected and found, what to do.
struct Error {
    std::string message;
};

/// The part of std::expected<T, Error> that we use; replace by it when the project moves to C++23.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}
    Result(Error error) : state_(std::move(error)) {}

    explicit operator bool() const { return std::holds_alternative<T>(state_); }
    T& operator*() { return checked(); }
    const T& operator*() const { return const_cast<Result*>(this)->checked(); }
    T* operator->() { return &checked(); }
    const T* operator->() const { return &**this; }
    const Error& error() const {
        assert(!*this);
        return *std::get_if<Error>(&state_);
    }

private:
    T& checked() {
        assert(*this);
        return *std::get_if<T>(&state_);
    }
    std::variant<T, Error> state_;
};

}  // namespace photopsy
