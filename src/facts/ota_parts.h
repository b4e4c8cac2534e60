#pragma once
// The pieces of read_ota(), one question each. For facts/ota*.cpp only.
#include "facts/ota.h"

namespace photopsy::ota {

inline constexpr std::uint16_t pending_magic = 0xABCD, factory_magic = 0x0FAC;
inline constexpr std::uint32_t slot_size = 20, slot_count = 5;
inline constexpr std::uint32_t chunk = 512;  ///< smallest chunk a Photon asks for (ota_flash_hal_stm32f2xx.cpp@v2.3.1:51)

struct Scene {
    const Image& image;
    const Layout& layout;
    const std::vector<Module>& modules;
    Range area;               ///< the OTA area
    const Module* in_area;    ///< the module read there, or nullptr
    const Module* area_slot;  ///< the same, header or not

    const Module* module(std::string_view slot) const { return find_module(modules, slot); }
    bool good(std::string_view slot) const {
        const auto* found = module(slot);
        return found && found->good();
    }
};

/// The five slots of one DCT copy; empty if the copy or its field is not in the file.
std::vector<OtaSlot> read_slots(const Image&, const Layout&, const Dct&, int copy);

/// The slot a module with this start address is made for (never ota or factory); nullptr if none.
const ModuleSlot* destination_of(const Layout&, const Module&);

/// True where the slot's 18 descriptor bytes name this job: OTA area -> destination, L + 4 bytes.
bool describes(const OtaSlot&, Address source, const Module& image);

/// Compares the destination with the image in the OTA area. Nothing where either is not wholly in the file.
/// `source` holds the L + 4 bytes of the image.
std::optional<CopyProgress> compare_copy(const Image&, const Layout&, const ModuleSlot& destination, ByteView source);

/// done* in-progress? (erased | old)*, neither all done nor all old: what an interrupted copy leaves.
bool looks_interrupted(const CopyProgress&);
bool complete(const CopyProgress&);

/// The slot of the table in use that holds zeros, and with the descriptor of the image in the OTA area in it the table's checksum is right: a bootloader up
/// to 11 cleared it in place. Nothing where no slot is proved so.
std::optional<int> find_cleared_in_place(const Scene&, const Dct&, const std::vector<OtaSlot>&);

/// The whole answer for firmware in one piece, whose updates go by the system flags.
OtaFacts read_flagged_update(const Image&, const Layout&, const std::vector<Module>&);

void read_pending(const Scene&, OtaFacts&);           ///< pending_slot and what comes with it: what the bootloader will do with each slot that says so
void judge_reception(const Scene&, OtaFacts&);        ///< (a), (a0), (a')
void judge_bootloader_copy(const Scene&, OtaFacts&);  ///< (f)
void judge_dfu_write(const Scene&, OtaFacts&);        ///< (g)

}  // namespace photopsy::ota
