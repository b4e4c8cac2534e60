// emulated-photon [OPTIONS] -- COMMAND...
// Runs COMMAND with one or more emulated Photons in DFU mode on its USB: COMMAND's own libusb finds them in a mock /sys and its usbfs ioctls are answered
// by the device model. SIGUSR1 is RESET with SETUP held, SIGUSR2 an ordinary start before that; SIGUSR2 to COMMAND answers that it is done. Ctrl-C is
// COMMAND's. No kernel USB, no root, no hardware.
// Exit status: COMMAND's; 98 where --read-only was breached, 97 for a mistake of ours.
#include "dfu/umockdev_socket.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Options {
    std::vector<std::uint8_t> flash, external;
    std::string save_flash, save_external, generation = "0.7.0", serial, kind = "photon";
    std::vector<Fault> faults;
    std::vector<std::uint8_t> other_flash;
    int count = 1, claim_error = 0, node_mode = -1, state = -1;
    long replug_ms = -1, interrupt_at = -1, cut_at = -1;
    bool read_only = false, garbage = false, started = false;
    char** command = nullptr;
};

/// KIND:AT[:COUNT[:DETAIL]], KIND with "+all" where every request counts and not only UPLOADs.
Fault parse_fault(std::string text) {
    static const std::pair<const char*, Fault::Kind> kinds[] = {
        {"stall", Fault::Kind::Stall}, {"silence", Fault::Kind::Silence}, {"short", Fault::Kind::Short},  {"flip", Fault::Kind::FlipBit},
        {"noise", Fault::Kind::Noise}, {"break", Fault::Kind::Break},     {"unplug", Fault::Kind::Unplug}};
    std::vector<std::string> parts{""};
    for (char letter : text) {
        if (letter == ':')
            parts.emplace_back();
        else
            parts.back() += letter;
    }
    Fault fault;
    const bool all = parts[0].ends_with("+all");
    if (all) parts[0].resize(parts[0].size() - 4);
    fault.uploads_only = !all;
    for (const auto& [name, kind] : kinds)
        if (parts[0] == name) {
            fault.kind = kind;
            if (parts.size() > 1) fault.at = std::stol(parts[1], nullptr, 0);
            if (parts.size() > 2) fault.count = std::stol(parts[2], nullptr, 0);
            if (parts.size() > 3) fault.detail = static_cast<std::uint32_t>(std::stoul(parts[3], nullptr, 0));
            return fault;
        }
    give_up("there is no fault " + text);
}

std::vector<std::uint8_t> read_all(const char* path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) give_up(std::string("cannot read ") + path);
    std::vector<std::uint8_t> bytes(std::filesystem::file_size(path));
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

Options parse(int count, char** words) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "--") {
            options.command = words + i + 1;
            break;
        }
        if (word == "--read-only")
            options.read_only = true;
        else if (word == "--garbage")
            options.garbage = true;
        else if (word == "--started")  // once in the ordinary way, before it came into DFU mode
            options.started = true;
        else if (i + 1 >= count)
            give_up("no value for " + word);
        else if (word == "--flash")
            options.flash = read_all(words[++i]);
        else if (word == "--external")
            options.external = read_all(words[++i]);
        else if (word == "--save-external")
            options.save_external = words[++i];
        else if (word == "--save-flash")
            options.save_flash = words[++i];
        else if (word == "--generation")
            options.generation = words[++i];
        else if (word == "--kind")
            options.kind = words[++i];
        else if (word == "--serial")
            options.serial = words[++i];
        else if (word == "--fault")
            options.faults.push_back(parse_fault(words[++i]));
        else if (word == "--count")
            options.count = std::stoi(words[++i]);
        else if (word == "--claim-error")
            options.claim_error = std::stoi(words[++i]);
        else if (word == "--node-mode")
            options.node_mode = std::stoi(words[++i], nullptr, 8);
        else if (word == "--state")
            options.state = std::stoi(words[++i]);
        else if (word == "--interrupt-at")
            options.interrupt_at = std::stol(words[++i]);
        else if (word == "--cut-at")  // the power fails in this operation of the flash
            options.cut_at = std::stol(words[++i]);
        else if (word == "--other-flash")
            options.other_flash = read_all(words[++i]);
        else if (word == "--replug-ms")
            options.replug_ms = std::stol(words[++i]);
        else
            give_up("there is no option " + word);
    }
    if (!options.command || !*options.command) give_up("usage: emulated-photon [OPTIONS] -- COMMAND...");
    return options;
}

Generation generation_of(const std::string& name, const NorFlash& flash) {
    if (name == "auto") return generation_in(flash);
    return name == "0.4.4" ? Generation::V0_4_4 : name == "0.4.9" ? Generation::V0_4_9 : name == "0.6.1" ? Generation::V0_6_1 : Generation::V0_7_0;
}

void put_into(NorFlash& flash, const std::vector<std::uint8_t>& bytes) {
    const std::size_t size = flash.bytes.size();
    if (bytes.empty()) return;
    flash.bytes = bytes;
    flash.bytes.resize(size, 0xFF);
}

void save(const NorFlash& flash, const std::string& path) {
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(flash.bytes.data()), static_cast<std::streamsize>(flash.bytes.size()));
}

void started_and_reset(PhotonDevice& device) {
    device.ordinary_start();
    device.power_cycle();
}

void set_up(Socket& socket, const Options& options, int index) {
    PhotonDevice& device = socket.device;
    if (options.kind == "p1") device.become_p1();
    if (options.kind == "core") device.become_core();
    if (options.kind == "electron") device.become_electron();
    if (options.kind == "serial-mode") device.product = 0xC006;
    put_into(device.flash, options.flash);
    if (device.second) put_into(device.second->flash, options.external);
    if (options.kind != "core") device.generation = generation_of(options.generation, device.flash);
    device.protect_as_firmware_does();
    if (options.started) started_and_reset(device);
    if (!options.serial.empty()) device.device_id = options.serial;
    if (index) device.device_id.back() = static_cast<char>('0' + index);
    device.faults = options.faults;
    device.flash.cut_at = options.cut_at;
    device.garbage_descriptors = options.garbage;
    if (options.state >= 0) device.leave_in_state(static_cast<std::uint8_t>(options.state));
    socket.other_flash = options.other_flash;
    socket.interrupt_at = options.interrupt_at;
    socket.claim_error = options.claim_error;
    socket.port = index + 1;
    socket.number = index + 2;
}

/// The mock tree open for a command that is not root, the device nodes with `mode`.
void open_tree(const std::string& root, const std::list<Socket>& sockets, int mode) {
    namespace fs = std::filesystem;
    fs::permissions(root, fs::perms::all);
    for (const auto& entry : fs::recursive_directory_iterator(root))
        if (!entry.is_symlink()) fs::permissions(entry.path(), entry.is_directory() ? fs::perms::all : fs::perms{0666});
    for (const Socket& socket : sockets) fs::permissions(root + socket.node, static_cast<fs::perms>(mode));
}

volatile std::sig_atomic_t reset_wanted = 0;  // the signal that asked for it

void reset_with_setup_held(std::list<Socket>& sockets, pid_t child) {
    const bool starts = reset_wanted == SIGUSR2;
    reset_wanted = 0;
    for (Socket& socket : sockets) {
        const std::lock_guard<std::mutex> lock(socket.mutex);
        starts ? started_and_reset(socket.device) : socket.device.power_cycle();
    }
    ::kill(child, SIGUSR2);
}

int wait_for(pid_t child, UMockdevTestbed* bed, std::list<Socket>& sockets, long replug_ms) {
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        if (reset_wanted) reset_with_setup_held(sockets, child);
        if (replug_ms < 0) continue;
        for (Socket& socket : sockets) {
            bool noticed = false;  // by the program: the transfer in flight has broken
            {
                const std::lock_guard<std::mutex> lock(socket.mutex);
                noticed = socket.was_gone;
            }
            if (noticed) replug(bed, socket, replug_ms);
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int count, char** words) {
    // uevents need the preloaded library here too: start again under it.
    const char* preload = std::getenv("LD_PRELOAD");
    if (!preload || !std::strstr(preload, "libumockdev-preload")) {
        setenv("LD_PRELOAD", preload ? (std::string("libumockdev-preload.so.0:") + preload).c_str() : "libumockdev-preload.so.0", 1);
        execv("/proc/self/exe", words);
        give_up("cannot start again under libumockdev-preload");
    }
    const Options options = parse(count, words);
    UMockdevTestbed* bed = umockdev_testbed_new();
    std::list<Socket> sockets;
    for (int i = 0; i < options.count; ++i) {
        set_up(sockets.emplace_back(), options, i);
        plug_in(bed, sockets.back());
    }
    gchar* root = umockdev_testbed_get_root_dir(bed);
    if (options.node_mode >= 0) open_tree(root, sockets, options.node_mode);
    std::fflush(nullptr);
    for (const int wish : {SIGUSR1, SIGUSR2}) std::signal(wish, [](int signal) { reset_wanted = signal; });
    std::signal(SIGINT, [](int) {});
    const pid_t child = fork();
    if (child == 0) {
        execvp(options.command[0], options.command);
        give_up(std::string("cannot run ") + options.command[0]);
    }
    for (Socket& socket : sockets) {
        const std::lock_guard<std::mutex> lock(socket.mutex);
        socket.program = child;
    }
    int status = wait_for(child, bed, sockets, options.replug_ms);
    for (Socket& socket : sockets) {
        const std::lock_guard<std::mutex> lock(socket.mutex);
        if (options.read_only)
            for (const std::string& what : socket.device.trespasses()) {
                std::fprintf(stderr, "emulated-photon: a reader sent %s\n", what.c_str());
                status = 98;
            }
        if (&socket != &sockets.front()) continue;
        if (!options.save_flash.empty()) save(socket.device.flash, options.save_flash);
        if (!options.save_external.empty() && socket.device.second) save(socket.device.second->flash, options.save_external);
    }
    g_free(root);
    g_object_unref(bed);
    return status;
}
