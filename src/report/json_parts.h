#pragma once
// What the files that write the JSON report share. For report/json*.cpp only.
#include "report/document.h"
#include "report/plain_text.h"

#include <nlohmann/json.hpp>

namespace photopsy {

using Json = nlohmann::ordered_json;

/// A member with that text, without control characters; none where the text is empty.
inline void put_if(Json& object, const char* key, const std::string& text) {
    if (!text.empty()) object[key] = without_control_characters(text);
}

inline Json or_null(const auto& value) { return value ? Json(*value) : Json(nullptr); }

// The two ladders (json_ladders.cpp): `boot` and `handshake` of the contract.
Json json_boot(const Document&);
Json json_handshake(const Document&);

}  // namespace photopsy
