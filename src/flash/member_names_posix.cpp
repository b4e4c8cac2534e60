// POSIX.1-2008: a locale of one thread alone.
#include "flash/member_names.h"

#include <locale.h>

namespace photopsy {

/// Never freed: threads may use it to the end. 0 where there is none.
static locale_t utf8_locale() {
    static const locale_t found = [] {
        for (const char* name : {"C.UTF-8", "UTF-8", "en_US.UTF-8"})  // musl and glibc have the first, macOS the second
            if (const auto locale = ::newlocale(LC_CTYPE_MASK, name, nullptr)) return locale;
        return static_cast<locale_t>(nullptr);
    }();
    return found;
}

NamesInUtf8::NamesInUtf8() : before_(utf8_locale() ? ::uselocale(utf8_locale()) : nullptr) {}

NamesInUtf8::~NamesInUtf8() {
    if (before_) ::uselocale(static_cast<locale_t>(before_));
}

}  // namespace photopsy
