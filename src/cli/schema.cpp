#include "base/packed_text.h"
#include "cli/command.h"
#include "cli/nearest.h"
#include "cli/options.h"

#include <fmt/format.h>

#include <memory>

namespace photopsy {

extern const PackedText embedded_report_schema, embedded_triage_schema, embedded_handshake_schema, embedded_keys_schema, embedded_devices_schema,
    embedded_difference_schema, embedded_disassembly_schema, embedded_repair_plan_schema;

namespace {

struct SchemaCommand {
    std::string name = "report";
    OutputOptions output;
    bool of_plan = false;
};

struct NamedSchema {
    std::string_view name;
    const PackedText* text;
};
constexpr NamedSchema named_schemas[] = {{"report", &embedded_report_schema},           {"triage", &embedded_triage_schema},
                                         {"handshake", &embedded_handshake_schema},     {"keys", &embedded_keys_schema},
                                         {"devices", &embedded_devices_schema},         {"difference", &embedded_difference_schema},
                                         {"disassembly", &embedded_disassembly_schema}, {"repair-plan", &embedded_repair_plan_schema}};

std::vector<std::string> schema_names() {
    std::vector<std::string> names;
    for (const auto& schema : named_schemas) names.emplace_back(schema.name);
    return names;
}

void print_schema(const SchemaCommand& options, Session& session) {
    const std::string name = options.of_plan ? "repair-plan" : options.name;
    for (const auto& schema : named_schemas)
        if (schema.name == name) return deliver(schema.text->text(), options.output, mode_shared, session);
    const auto names = schema_names();
    session.fail(with_suggestion(fmt::format("there is no schema \"{}\"; known are {}", options.name, fmt::join(names, ", ")), options.name, names));
}

}  // namespace

void setup_schema(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<SchemaCommand>();
    auto& command = program.add_subcommand("schema", "Print the JSON Schema of the reports, or of what another command prints with --format json");
    command.add_option("NAME", &options->name, fmt::format("{} (the first is the default)", fmt::join(schema_names(), ", "))).choices(schema_names());
    command.add_flag("--repair-plan", &options->of_plan, "The same as the NAME repair-plan");
    add_output_options(command, options->output);
    command.footer = "Examples:\n  photopsy schema -o report.schema.json\n  photopsy schema handshake -o handshake.schema.json";
    command.run = [options, &session] { print_schema(*options, session); };
}

}  // namespace photopsy
