#include "proxy/config/object_rules.hpp"

#include "proxy/config/render.hpp"
#include "proxy/config/wording.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace millrace::config {

namespace {

json::array names_of(const std::vector<std::string>& names) {
    json::array out;
    for (auto const& name : names) {
        out.emplace_back(name);
    }
    return out;
}

/// At most one of the group's keys, and one for sure where it is required.
void append_rules(json::array& rules, const key_group& group) {
    json::array one;
    for (std::size_t i = 0; i < group.names.size(); ++i) {
        one.push_back(json::object{{"required", names_of({group.names[i]})}});
        for (std::size_t j = i + 1; j < group.names.size(); ++j) {
            json::object both{{"required", names_of({group.names[i], group.names[j]})}};
            rules.push_back(json::object{{"not", std::move(both)}});
        }
    }
    if (group.one_is_required) {
        rules.push_back(json::object{{"anyOf", std::move(one)}});
    }
}

}  // namespace

std::vector<object_rules::matched> object_rules::match(reader& in, const node& from) const {
    if (from.kind != node::kind::mapping) {
        in.fail(from, "expected a mapping, got " + kind_name(from));
        return {};
    }
    std::vector<matched> entries;
    std::vector<bool> seen(fields_.size());
    for (auto const& entry : from.members) {
        if (in.full()) {
            return {};
        }
        auto const found =
            std::find_if(fields_.begin(), fields_.end(), [&entry](const field_facts& facts) {
                return facts.name == entry.key;
            });
        if (found == fields_.end()) {
            report_unknown(in, entry);
            continue;
        }
        auto const index = static_cast<std::size_t>(found - fields_.begin());
        if (seen[index]) {
            in.fail_key(entry, fmt::format("expected each key once, got '{}' again", entry.key));
        } else if (found->later) {
            in.fail_key(entry, fmt::format("'{}' is not built yet in this version", entry.key));
        } else {
            entries.emplace_back(index, &entry);
        }
        seen[index] = true;
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].required && !seen[i]) {
            in.fail(from, fmt::format("expected the key '{}', got none", fields_[i].name));
        }
    }
    check_groups(in, from);
    return entries;
}

void object_rules::report_unknown(reader& in, const member& entry) const {
    std::vector<std::string> known;
    for (auto const& facts : fields_) {
        if (!facts.later) {
            known.push_back(facts.name);
        }
    }
    in.fail_key(
        entry,
        fmt::format("expected {}, got {}", alternatives(known), in_quotes(entry.key)),
        nearest(entry.key, known)
    );
}

void object_rules::check_groups(reader& in, const node& from) const {
    for (auto const& group : groups_) {
        const member* first = nullptr;
        for (auto const& entry : from.members) {
            bool const in_group =
                std::find(group.names.begin(), group.names.end(), entry.key) != group.names.end();
            if (!in_group || (first != nullptr && first->key == entry.key)) {
                continue;
            }
            if (first != nullptr) {
                in.fail_key(
                    entry,
                    fmt::format(
                        "expected only one of {}, got '{}' and '{}'",
                        alternatives(group.names),
                        first->key,
                        entry.key
                    )
                );
                break;
            }
            first = &entry;
        }
        if (first == nullptr && group.one_is_required) {
            in.fail(from, fmt::format("expected one of {}, got none", alternatives(group.names)));
        }
    }
}

json::object object_rules::schema(std::vector<json::object> properties) const {
    json::object all;
    json::array needed;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto const& facts = fields_[i];
        json::object property{{"description", facts.about}};
        if (facts.later) {
            property["description"] = facts.about + " Not built yet in this version.";
            property["not"] = json::object{};
        }
        for (auto& [key, value] : properties[i]) {
            property[key] = std::move(value);
        }
        if (facts.required) {
            property.erase("default");
            needed.emplace_back(facts.name);
        }
        all[facts.name] = std::move(property);
    }
    json::object out{
        {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(all)}};
    if (!needed.empty()) {
        out["required"] = std::move(needed);
    }
    json::array rules;
    for (auto const& group : groups_) {
        append_rules(rules, group);
    }
    if (!rules.empty()) {
        out["allOf"] = std::move(rules);
    }
    return out;
}

key_info object_rules::describe(std::size_t index, std::string path) const {
    auto const& facts = fields_[index];
    key_info info;
    info.path = std::move(path);
    info.about = facts.about;
    info.required = facts.required;
    info.later = facts.later;
    for (auto const& group : groups_) {
        info.required = info.required || (group.one_is_required && group.names.size() == 1);
    }
    return info;
}

json::object with_default(json::object schema, const json::value& value) {
    if (!value.is_null() && !value.is_object()) {
        schema["default"] = value;
    }
    return schema;
}

void complete(key_info& info, const shape_info& from, const json::value& default_value) {
    info.type = from.type;
    info.range = from.range;
    if (info.required) {
        info.default_text = "required";
    } else if (from.type.starts_with("mapping")) {
        info.default_text = "";
    } else {
        info.default_text = default_value.is_null() ? "none" : yaml_inline(default_value);
    }
}

}  // namespace millrace::config
