// Every cause has remedies, and they are values: no text of a command stands in this room.
#include "remedy/remedy.h"

#include "catch.h"

using namespace photopsy;

TEST_CASE("every cause of the vocabulary has a row of remedies, and every row names a cause", "[remedy]") {
    std::vector<std::string_view> named;
    for (auto subject : {capture_remedies(), module_remedies(), combination_remedies(), dct_remedies(), dcd_remedies(), key_remedies(), server_remedies(), ota_remedies(),
                         eeprom_remedies(), wifi_remedies(), setting_remedies(), live_remedies()})
        for (const auto& row : subject) named.push_back(row.cause);
    for (const auto* cause : all_causes()) {
        INFO(cause->id);
        CHECK(std::count(named.begin(), named.end(), cause->id) == 1);
    }
    for (const auto id : named) {
        INFO(id);
        CHECK(find_cause(id));
    }
}
