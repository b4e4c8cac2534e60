#include "cli/command.h"
#include "cli/nearest.h"
#include "cli/options.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace photopsy {

extern const std::string_view embedded_report_schema, embedded_handshake_schema, embedded_keys_schema, embedded_devices_schema, embedded_difference_schema,
    embedded_disassembly_schema, embedded_repair_plan_schema;

namespace {

struct SchemaCommand {
    std::string name = "report";
    OutputOptions output;
    bool of_plan = false;
};

const std::vector<std::string>& schema_names() {
    static const std::vector<std::string> names = {"report", "handshake", "keys", "devices", "difference", "disassembly", "repair-plan"};
    return names;
}

void print_schema(const SchemaCommand& options, Session& session) {
    const std::string_view texts[] = {embedded_report_schema,     embedded_handshake_schema,   embedded_keys_schema,       embedded_devices_schema,
                                      embedded_difference_schema, embedded_disassembly_schema, embedded_repair_plan_schema};
    const auto& names = schema_names();
    const std::string name = options.of_plan ? "repair-plan" : options.name;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        return session.fail(
            with_suggestion("there is no schema \"" + options.name + "\"; known are report, handshake, keys, devices, difference, disassembly, repair-plan",
                            options.name, names));
    deliver(texts[found - names.begin()], options.output, mode_shared, session);
}

}  // namespace

void setup_schema(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<SchemaCommand>();
    auto& command = program.add_subcommand("schema", "Print the JSON Schema of the reports, or of what another command prints with --format json");
    command.add_option("NAME", &options->name, "report (default), handshake, keys, devices, difference, disassembly or repair-plan").choices(schema_names());
    command.add_flag("--repair-plan", &options->of_plan, "The same as the NAME repair-plan");
    add_output_options(command, options->output);
    command.footer = "Examples:\n  photopsy schema -o report.schema.json\n  photopsy schema handshake -o handshake.schema.json";
    command.run = [options, &session] { print_schema(*options, session); };
}

}  // namespace photopsy
