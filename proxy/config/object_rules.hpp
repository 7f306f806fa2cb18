#pragma once

#include "proxy/config/shape.hpp"

#include <string>
#include <utility>
#include <vector>

namespace millrace::config {

/// What is known of a key apart from its value.
struct field_facts {
    std::string name;
    std::string about;  ///< one sentence for the reference and the schema
    bool required = false;
    bool later = false;
};

/// Keys that exclude each other.
struct key_group {
    std::vector<std::string> names;
    bool one_is_required = false;
};

/// The part of object_shape that does not depend on its type: which keys a mapping may have.
class object_rules {
 public:
    void add(field_facts facts) { fields_.push_back(std::move(facts)); }

    void add_group(key_group group) { groups_.push_back(std::move(group)); }

    [[nodiscard]] const std::vector<field_facts>& fields() const noexcept { return fields_; }

    using matched = std::pair<std::size_t, const member*>;  ///< index of the field, its entry

    /// The entries to read. Reports what is no mapping, and keys that are unknown (with the
    /// nearest known one), doubled, missing, exclusive or not built yet.
    [[nodiscard]] std::vector<matched> match(reader& in, const node& from) const;

    /// `properties` come in the order of the fields.
    [[nodiscard]] json::object schema(std::vector<json::object> properties) const;

    [[nodiscard]] key_info describe(std::size_t index, std::string path) const;

 private:
    void check_groups(reader& in, const node& from) const;
    void report_unknown(reader& in, const member& entry) const;

    std::vector<field_facts> fields_;
    std::vector<key_group> groups_;
};

/// A property's schema with its default, unless there is none.
[[nodiscard]] json::object with_default(json::object schema, const json::value& value);

/// Fills in what the shape and the default value say.
void complete(key_info& info, const shape_info& from, const json::value& default_value);

}  // namespace millrace::config
