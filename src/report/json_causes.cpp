#include "report/json_causes.h"

#include "report/plain_text.h"
#include "report/words.h"

#include <nlohmann/json.hpp>

namespace photopsy {

using RemedyJson = nlohmann::ordered_json;

static RemedyJson lines_of(const RemedyText& remedy) {
    auto array = RemedyJson::array();
    for (const auto& line : remedy.commands) array.push_back(without_control_characters(line));
    return array;
}

static RemedyJson files_of(const RemedyText& remedy) {
    auto array = RemedyJson::array();
    for (const auto& file : remedy.files) {
        RemedyJson row{{"name", file.name}, {"slot", file.slot}, {"release", file.release}};
        if (!file.sha256.empty()) row["sha256"] = file.sha256;
        row["source"] = file.source;
        array.push_back(std::move(row));
    }
    return array;
}

static RemedyJson remedy_json(const RemedyText& remedy) {
    // The same flash is reported alike whatever its file is called; the commands alone name it.
    const auto explain = remedy.explain.substr(0, remedy.explain.size() - remedy.about_file.size());
    RemedyJson json{{"title", remedy.title}, {"explain", explain}, {"commands", lines_of(remedy)}, {"cost", name_of(remedy.cost)}};
    if (!remedy.files.empty()) json["files"] = files_of(remedy);
    if (!remedy.before.empty()) json["before"] = remedy.before;
    if (!remedy.warning.empty()) json["warning"] = remedy.warning;
    if (remedy.other_way) json["other_way"] = true;
    return json;
}

nlohmann::ordered_json json_causes(const Document& document) {
    auto array = RemedyJson::array();
    for (const auto& cause : document.causes) {
        RemedyJson json{{"id", cause.id}, {"title", cause.title}, {"confidence", name_of(cause.confidence)}};
        if (!cause.place.empty()) json["place"] = cause.place;
        json["chain"] = RemedyJson::array();
        for (const auto& link : cause.chain) json["chain"].push_back({{"says", link.says}, {"basis", link.seen ? "seen" : "inferred"}});
        json["findings"] = cause.findings;
        json["remedies"] = RemedyJson::array();
        for (const auto& remedy : cause.remedies) json["remedies"].push_back(remedy_json(remedy));
        array.push_back(std::move(json));
    }
    return array;
}

nlohmann::ordered_json json_for_the_light(const Document& document) {
    auto array = RemedyJson::array();
    for (const auto& remedy : document.for_the_light) array.push_back(remedy_json(remedy));
    return array;
}

nlohmann::ordered_json json_afterwards(const Document& document) { return remedy_json(*document.afterwards); }

nlohmann::ordered_json json_plan(const Document& document) {
    auto array = RemedyJson::array();
    for (const auto& planned : document.plan) {
        const auto& cause = document.causes[planned.cause];
        array.push_back({{"cause", cause.id}, {"remedy", planned.remedy}, {"title", cause.remedies[planned.remedy].title}});
    }
    return array;
}

}  // namespace photopsy
