#pragma once
namespace CLI {
class App;
}
namespace photopsy {
class Session;
// The parts of `photopsy keys`, one file each.
void setup_keys_show(CLI::App& keys, Session&);
void setup_keys_check(CLI::App& keys, Session&);
void setup_keys_export(CLI::App& keys, Session&);
void setup_keys_new(CLI::App& keys, Session&);
void setup_keys_server(CLI::App& keys, Session&);
void setup_keys_convert(CLI::App& keys, Session&);
void setup_keys_recover(CLI::App& keys, Session&);
}  // namespace photopsy
