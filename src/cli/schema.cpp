#include "cli/command.h"
#include "cli/options.h"

namespace photopsy {

extern const std::string_view embedded_report_schema;

void setup_schema(CommandDefinition& program, Session& session) {
    auto output = std::make_shared<OutputOptions>();
    auto& command = program.add_subcommand("schema", "Print the JSON Schema of the reports");
    add_output_options(command, *output);
    command.footer =
        "Examples:\n  photopsy schema -o report.schema.json\n  photopsy dump.bin --format json | check-jsonschema --schemafile report.schema.json -";
    command.run = [output, &session] { deliver(embedded_report_schema, *output, mode_shared, session); };
}

}  // namespace photopsy
