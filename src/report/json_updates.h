#pragma once
// Updates, EEPROM and Wi-Fi as JSON: facts that stand in a report whether damaged or not (docs/report.schema.json).
#include "facts/facts.h"

#include <nlohmann/json_fwd.hpp>

namespace photopsy {

nlohmann::ordered_json updates_json(const OtaFacts&);
nlohmann::ordered_json eeprom_json(const Eeprom&);
nlohmann::ordered_json wifi_json(const WifiFacts&);

}  // namespace photopsy
