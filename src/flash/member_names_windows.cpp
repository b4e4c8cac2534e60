// libarchive keeps names as UTF-16 here and needs no locale to give them as UTF-8.
#include "flash/member_names.h"

namespace photopsy {

NamesInUtf8::NamesInUtf8() : before_(nullptr) {}
NamesInUtf8::~NamesInUtf8() = default;

}  // namespace photopsy
