// Read before each file of a program that is linked whole: what the C++ library checks (_GLIBCXX_ASSERTIONS) is checked and ends the program as ever, but
// without the file, the function and the condition in words, which were a tenth of the code. g++ 12 makes the check of these two macros; a library that makes
// it otherwise keeps its words.
#include <cstddef>
#if defined(__glibcxx_assert_impl) && defined(__glibcxx_constexpr_assert)
#undef __glibcxx_assert_impl
#define __glibcxx_assert_impl(condition)                          \
    if (__builtin_expect(!bool(condition), false)) {              \
        __glibcxx_constexpr_assert(false);                        \
        std::__glibcxx_assert_fail(nullptr, 0, nullptr, nullptr); \
    }
#endif
