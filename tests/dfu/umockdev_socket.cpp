#include "dfu/umockdev_socket.h"

#include <sys/ioctl.h>

#include <linux/usbdevice_fs.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

namespace photopsy::test {
namespace {

UMockdevIoctlData* resolve(UMockdevIoctlData* from, gsize offset, gsize length) { return umockdev_ioctl_data_resolve(from, offset, length, nullptr); }

/// A control transfer: eight setup bytes and the data stage behind them. 0 or a negative errno; `length` is that of the data stage.
int transact(Socket& socket, std::uint8_t* bytes, std::size_t size, int& length) {
    length = 0;
    const ByteView view(bytes, size);
    const dfu::SetupPacket setup{bytes[0], bytes[1], little_endian<std::uint16_t>(view.subspan(2)), little_endian<std::uint16_t>(view.subspan(4)),
                                 little_endian<std::uint16_t>(view.subspan(6))};
    if (size < 8u + setup.length) return -EINVAL;
    const int result = socket.device.control(setup, bytes + 8);
    if (socket.program > 0 && socket.interrupt_at >= 0 && socket.device.uploads() > socket.interrupt_at) {
        socket.interrupt_at = -1;
        ::kill(socket.program, SIGINT);
    }
    if (result == PhotonDevice::gone && !socket.was_gone) {  // the transfer in flight breaks; only the next finds no device
        socket.was_gone = true;
        return -EPROTO;
    }
    if (result < 0) return result;
    length = result;
    return 0;
}

gboolean submit(Socket& socket, UMockdevIoctlClient* client, UMockdevIoctlData* argument) {
    auto* data = resolve(argument, 0, sizeof(usbdevfs_urb));
    auto* urb = reinterpret_cast<usbdevfs_urb*>(data->data);
    if (urb->type != USBDEVFS_URB_TYPE_CONTROL || urb->buffer_length < 8) return umockdev_ioctl_client_complete(client, -1, EINVAL), TRUE;
    auto* buffer = resolve(data, offsetof(usbdevfs_urb, buffer), static_cast<gsize>(urb->buffer_length));
    Urb entry{data, buffer, true, 0, 0};
    entry.status = transact(socket, buffer->data, static_cast<std::size_t>(urb->buffer_length), entry.length);
    if (entry.status == PhotonDevice::gone) return umockdev_ioctl_client_complete(client, -1, ENODEV), TRUE;
    entry.answered = entry.status != PhotonDevice::silent;
    g_object_ref(data);
    g_object_ref(buffer);
    socket.urbs.push_back(entry);
    return umockdev_ioctl_client_complete(client, 0, 0), TRUE;
}

gboolean reap(Socket& socket, UMockdevIoctlClient* client, UMockdevIoctlData* argument) {
    for (auto entry = socket.urbs.begin(); entry != socket.urbs.end(); ++entry) {
        if (!entry->answered) continue;
        auto* urb = reinterpret_cast<usbdevfs_urb*>(entry->urb->data);
        urb->status = entry->status;
        urb->actual_length = entry->length;
        umockdev_ioctl_data_set_ptr(resolve(argument, 0, sizeof(gpointer)), 0, entry->urb);
        socket.urbs.erase(entry);
        return umockdev_ioctl_client_complete(client, 0, 0), TRUE;
    }
    const bool nothing_left = socket.urbs.empty() && socket.device.is_gone();
    if (!socket.urbs.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));  // poll() on a mock node is always ready: do not let libusb spin
    return umockdev_ioctl_client_complete(client, -1, nothing_left ? ENODEV : EAGAIN), TRUE;
}

gboolean discard(Socket& socket, UMockdevIoctlClient* client, UMockdevIoctlData* argument) {
    const gulong address = *reinterpret_cast<gulong*>(argument->data);
    for (Urb& entry : socket.urbs) {
        if (entry.urb->client_addr != address || entry.answered) continue;
        entry.answered = true;
        entry.status = -ENOENT;
        return umockdev_ioctl_client_complete(client, 0, 0), TRUE;
    }
    return umockdev_ioctl_client_complete(client, -1, EINVAL), TRUE;
}

gboolean answer(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer user) {
    Socket& socket = *static_cast<Socket*>(user);
    const std::lock_guard<std::mutex> lock(socket.mutex);
    auto* argument = umockdev_ioctl_client_get_arg(client);
    const auto complete = [&](long result, int error) { return umockdev_ioctl_client_complete(client, result, error), TRUE; };
    switch (umockdev_ioctl_client_get_request(client)) {
        case USBDEVFS_REAPURB:
        case USBDEVFS_REAPURBNDELAY:
            return reap(socket, client, argument);
        case USBDEVFS_DISCARDURB:
            return discard(socket, client, argument);
        case USBDEVFS_RELEASEINTERFACE:
            return complete(0, 0);
        default:
            break;
    }
    if (socket.device.is_gone()) return complete(-1, ENODEV);
    switch (umockdev_ioctl_client_get_request(client)) {
        case USBDEVFS_GET_CAPABILITIES:
            *reinterpret_cast<guint32*>(resolve(argument, 0, 4)->data) =
                USBDEVFS_CAP_BULK_CONTINUATION | USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT | USBDEVFS_CAP_ZERO_PACKET;
            return complete(0, 0);
        case USBDEVFS_CLAIMINTERFACE:
            return socket.claim_error ? complete(-1, socket.claim_error) : complete(0, 0);
        case USBDEVFS_GETDRIVER:
        case USBDEVFS_IOCTL:
            return complete(-1, ENODATA);  // no kernel driver to speak of
        case USBDEVFS_RESET:
        case USBDEVFS_SETCONFIGURATION:
            socket.device.trespass("USB reset or SET_CONFIGURATION");
            socket.device.bus_reset();
            return complete(0, 0);
        case USBDEVFS_SETINTERFACE: {
            const auto* wanted = reinterpret_cast<usbdevfs_setinterface*>(resolve(argument, 0, sizeof(usbdevfs_setinterface))->data);
            const int result =
                socket.device.control({0x01, 11, static_cast<std::uint16_t>(wanted->altsetting), static_cast<std::uint16_t>(wanted->interface), 0}, nullptr);
            return result < 0 ? complete(-1, result == PhotonDevice::silent ? ETIMEDOUT : -result) : complete(0, 0);
        }
        case USBDEVFS_SUBMITURB:
            return submit(socket, client, argument);
        default:
            return complete(-1, ENOTTY);
    }
}

std::string hex_of(const std::vector<std::uint8_t>& bytes) {
    std::string text;
    char digits[3];
    for (auto byte : bytes) {
        std::snprintf(digits, sizeof digits, "%02x", byte);
        text += digits;
    }
    return text;
}

}  // namespace

[[noreturn]] void give_up(const std::string& sentence) {
    std::fprintf(stderr, "emulated-photon: %s\n", sentence.c_str());
    std::exit(97);
}

void plug_in(UMockdevTestbed* bed, Socket& socket) {
    char number[8], vendor[8], product[8];
    std::snprintf(number, sizeof number, "%03d", socket.number);
    std::snprintf(vendor, sizeof vendor, "%04x", socket.device.vendor);
    std::snprintf(product, sizeof product, "%04x", socket.device.product);
    const std::string name = std::string("bus/usb/001/") + number, path = "/devices/pci0000:00/usb1/1-" + std::to_string(socket.port);
    socket.node = "/dev/" + name;
    socket.sysfs = "/sys" + path;
    GError* error = nullptr;
    auto* ioctls = umockdev_ioctl_base_new();
    g_signal_connect(ioctls, "handle-ioctl", G_CALLBACK(answer), &socket);
    if (!umockdev_testbed_attach_ioctl(bed, socket.node.c_str(), ioctls, &error)) give_up(error->message);
    auto descriptors = socket.device.device_descriptor();
    const auto configuration = socket.device.configuration_descriptor();
    descriptors.insert(descriptors.end(), configuration.begin(), configuration.end());
    const std::string text = "P: " + path + "\nN: " + name + "\nE: SUBSYSTEM=usb\nE: DRIVER=usb\nE: DEVTYPE=usb_device\nE: BUSNUM=001\nE: DEVNUM=" + number +
                             "\nE: DEVNAME=/dev/" + name + "\nA: bConfigurationValue=1\\n\nA: busnum=1\\n\nA: devnum=" + std::to_string(socket.number) +
                             "\\n\nA: speed=12\\n\nA: devpath=" + std::to_string(socket.port) + "\\n\nA: idVendor=" + vendor + "\\n\nA: idProduct=" + product +
                             "\\n\nA: bNumConfigurations=1\\n\nH: descriptors=" + hex_of(descriptors) + "\n";
    if (!umockdev_testbed_add_from_string(bed, text.c_str(), &error)) give_up(error->message);
}

void replug(UMockdevTestbed* bed, Socket& socket, long after_ms) {
    umockdev_testbed_uevent(bed, socket.sysfs.c_str(), "remove");
    umockdev_testbed_remove_device(bed, socket.sysfs.c_str());
    std::this_thread::sleep_for(std::chrono::milliseconds(after_ms));
    {
        const std::lock_guard<std::mutex> lock(socket.mutex);
        while (!socket.device.plug_in_again()) {
        }
        socket.was_gone = false;
        if (!socket.other_flash.empty()) socket.device.flash.bytes = socket.other_flash;
        socket.number += 10;
    }
    plug_in(bed, socket);
    umockdev_testbed_uevent(bed, socket.sysfs.c_str(), "add");
}

}  // namespace photopsy::test
