#include "support/sample/device.h"
#include "support/sample/pack_form.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>

namespace photopsy::sample {

namespace {

struct Free {
    void operator()(archive* writer) const { archive_write_free(writer); }
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}  // namespace

std::vector<std::uint8_t> packed(const Order& order, std::vector<std::uint8_t> file) {
    const std::unique_ptr<archive, Free> writer(archive_write_new());
    if (choose_pack_form(writer.get(), order.text("as")) != ARCHIVE_OK) {
        order.complain(fmt::format("`as` is {}", pack_forms));
        return file;
    }
    std::vector<std::uint8_t> result(file.size() + file.size() / 8 + 65536);
    std::size_t used = 0;
    archive_write_open_memory(writer.get(), result.data(), result.size(), &used);
    const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), "dump.bin");
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), 946684800, 0);  // no clock in a sample
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.size()));
    const bool written = archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK &&
                         archive_write_data(writer.get(), file.data(), file.size()) == static_cast<la_ssize_t>(file.size()) &&
                         archive_write_close(writer.get()) == ARCHIVE_OK;
    if (!written) order.complain("the file could not be packed");
    result.resize(used);
    return result;
}

}  // namespace photopsy::sample
