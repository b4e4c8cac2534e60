#include "cli/command.h"
#include "cli/options.h"

namespace photopsy {

extern const std::string_view embedded_report_schema;
extern const std::string_view embedded_repair_plan_schema;

namespace {

struct SchemaCommand {
    OutputOptions output;
    bool of_plan = false;
};

}  // namespace

void setup_schema(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<SchemaCommand>();
    auto& command = program.add_subcommand("schema", "Print the JSON Schema of the reports");
    command.add_flag("--repair-plan", &options->of_plan, "That of repair plans instead");
    add_output_options(command, options->output);
    command.footer =
        "Examples:\n  photopsy schema -o report.schema.json\n  photopsy dump.bin --format json | check-jsonschema --schemafile report.schema.json -";
    command.run = [options, &session] {
        deliver(options->of_plan ? embedded_repair_plan_schema : embedded_report_schema, options->output, mode_shared, session);
    };
}

}  // namespace photopsy
