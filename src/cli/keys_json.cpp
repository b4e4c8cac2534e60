#include "cli/keys_json.h"

#include "base/hex.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "report/words.h"

#include <nlohmann/json.hpp>

namespace photopsy {

using KeysJson = nlohmann::ordered_json;

static void put_fingerprint(KeysJson& json, const std::optional<Sha256>& fingerprint) {
    if (fingerprint) json["public_fingerprint"] = hex(*fingerprint);
}

static KeysJson device_json(const DeviceKey& key) {
    KeysJson json{{"what", name_of(key.what)}, {"detail", key.detail}, {"usable", key.usable}, {"encoding", name_of(key.encoding)}, {"bits", key.bits}};
    if (key.dct_copy) json["address"] = hex_address(key.at.begin);
    put_fingerprint(json, key.public_fingerprint);
    json["components"] = KeysJson::object();
    for (const auto& component : key.components) json["components"][std::string(component.name)] = name_of(component.state);
    if (!key.method.empty()) json["can_be_rebuilt"] = key.method;
    return json;
}

static KeysJson server_json(const ServerKey& key) {
    KeysJson json{{"what", name_of(key.what)}, {"detail", key.detail}};
    put_fingerprint(json, key.fingerprint);
    return json;
}

static KeysJson address_json(const ServerAddress& address) {
    KeysJson json{
        {"kind", name_of(address.kind)}, {"port", address.port}, {"of_particle", address.particle}, {"detail", address.particle ? address.detail : ""}};
    if (address.falls_back) json["falls_back_to"] = address.default_host;
    return json;
}

std::string keys_json(const KeysTold& told) {
    KeysJson json{{"schema", "photopsy-keys/1"}, {"file", told.name}};
    if (told.device) json["device"] = device_json(*told.device);
    if (!told.spki.empty()) json["public_key"] = {{"public_fingerprint", hex(fingerprint_of(told.spki))}, {"pem", to_pem(told.spki, "PUBLIC KEY")}};
    if (told.cache) {
        json["public_key_cache"] = {{"state", name_of(told.cache->state)}};
        put_fingerprint(json["public_key_cache"], told.cache->fingerprint);
    }
    if (told.server) json["server"] = server_json(*told.server);
    if (told.address) json["server_address"] = address_json(*told.address);
    json["elsewhere"] = KeysJson::array();
    for (const auto& found : told.elsewhere) {
        KeysJson row{{"where", found.where}, {"address", hex_address(found.at.begin)}, {"same_as_current", found.same_as_current}, {"usable", found.usable}};
        put_fingerprint(row, found.public_fingerprint);
        json["elsewhere"].push_back(std::move(row));
    }
    return json.dump(2, ' ', false, KeysJson::error_handler_t::replace) + "\n";
}

}  // namespace photopsy
