#pragma once
// The front door of the sample generator: the text of a recipe in, the file that an owner would hand in out. Pure: no files, clock or chance.
#include "support/sample/recipe.h"

#include <string>
#include <string_view>
#include <vector>

namespace photopsy::sample {

struct Sample {
    Recipe recipe;
    std::vector<std::uint8_t> flash;            ///< the whole flash, as it lies in the device
    std::vector<std::uint8_t> file;             ///< as it was copied
    std::vector<std::uint8_t> external;         ///< the whole serial flash of a device that keeps its keys there; else empty
    std::vector<std::uint8_t> registered_spki;  ///< the public key (DER) that the owner says the cloud holds; empty where the recipe names none
};

/// Errors are one sentence that names the recipe (`name_for_errors`) and the line.
Result<Sample> make_sample(std::string_view text, std::string_view name_for_errors);

}  // namespace photopsy::sample
