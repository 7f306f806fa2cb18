#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/url.hpp"

namespace millrace::config {

namespace {

using routing::affinity_params;
using kinds = enum affinity_params::kind;

/// A key whose value names the unit's place: a field, a parameter.
class name_shape final : public shape<affinity_params> {
 public:
    name_shape(kinds kind, text_rules rules) : kind_{kind}, name_{text(std::move(rules))} {}

    void read(reader& in, const node& from, affinity_params& to) const override {
        to.kind = kind_;
        name_->read(in, from, to.name);
    }

    [[nodiscard]] json::value write(const affinity_params& from) const override {
        return from.kind == kind_ ? name_->write(from.name) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return name_->schema(); }

    [[nodiscard]] shape_info info() const override { return {"name", ""}; }

 private:
    kinds kind_;
    shape_ptr<std::string> name_;
};

/// A key that needs no name: `client_ip: true`.
class switch_shape final : public shape<affinity_params> {
 public:
    explicit switch_shape(kinds kind) : kind_{kind} {}

    void read(reader& in, const node& from, affinity_params& to) const override {
        bool on = false;
        boolean()->read(in, from, on);
        if (from.kind == node::kind::boolean && !on) {
            in.fail(from, "expected true, got false");
        }
        to.kind = kind_;
    }

    [[nodiscard]] json::value write(const affinity_params& from) const override {
        return from.kind == kind_ ? json::value(true) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override { return {{"const", true}}; }

    [[nodiscard]] shape_info info() const override { return {"true", ""}; }

 private:
    kinds kind_;
};

text_rules cookie_path_rules() {
    text_rules rules;
    rules.type = "path";
    rules.expected = "a path";
    rules.pattern = "^/[^;?#]*$";
    rules.check = path_problem;
    return rules;
}

shape_ptr<affinity_params> cookie_mapping() {
    return object<affinity_params>()
        .required(
            "name",
            &affinity_params::name,
            text(token_rules("the name of a cookie")),
            "The cookie's name."
        )
        .field(
            "max_age",
            &affinity_params::cookie_max_age,
            duration<std::chrono::seconds>({microseconds{0}, std::chrono::hours{24 * 400}}),
            "How long the client keeps it; 0: until the browser closes."
        )
        .field(
            "path", &affinity_params::cookie_path, text(cookie_path_rules()), "Its Path attribute."
        )
        .field(
            "same_site",
            &affinity_params::cookie_same_site,
            choice<std::string>({{"Lax", "Lax"}, {"Strict", "Strict"}, {"None", "None"}}),
            "Its SameSite attribute; None needs secure."
        )
        .field(
            "secure",
            &affinity_params::cookie_secure,
            boolean(),
            "Sent by the client over TLS only."
        )
        .field(
            "http_only",
            &affinity_params::cookie_http_only,
            boolean(),
            "Hidden from the page's scripts."
        )
        .check([](reader& in, const node& from, const affinity_params& read) {
            if (read.cookie_same_site == "None" && !read.cookie_secure) {
                in.fail(from, "expected secure: true beside same_site: None, got false");
            }
        })
        .build();
}

/// NAME, or a mapping with the attributes.
class cookie_shape final : public shape<affinity_params> {
 public:
    void read(reader& in, const node& from, affinity_params& to) const override {
        to.kind = kinds::cookie;
        if (from.kind == node::kind::mapping) {
            mapping_->read(in, from, to);
        } else {
            name_->read(in, from, to.name);
        }
    }

    [[nodiscard]] json::value write(const affinity_params& from) const override {
        return from.kind == kinds::cookie ? mapping_->write(from) : json::value(nullptr);
    }

    [[nodiscard]] json::object schema() const override {
        return {{"anyOf", json::array{name_->schema(), mapping_->schema()}}};
    }

    [[nodiscard]] shape_info info() const override { return {"name | mapping", ""}; }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        mapping_->list_keys(prefix, keys);
    }

 private:
    shape_ptr<std::string> name_ = text(token_rules("the name of a cookie"));
    shape_ptr<affinity_params> mapping_ = cookie_mapping();
};

template <class Shape, class... Args>
shape_ptr<affinity_params> made(Args&&... args) {
    return std::make_shared<Shape>(std::forward<Args>(args)...);
}

}  // namespace

shape_ptr<affinity_params> affinity_shape() {
    text_rules parameter;
    parameter.expected = "the name of a query parameter";
    parameter.pattern = "^[^&=#\\x00-\\x20]{1,256}$";
    return object<affinity_params>()
        .field(
            "header",
            whole,
            made<name_shape>(kinds::header, field_name_rules()),
            "The value of this header field is the unit."
        )
        .field(
            "cookie",
            whole,
            made<cookie_shape>(),
            "This cookie is the unit; the gateway issues it, signed, when it is missing."
        )
        .field(
            "query",
            whole,
            made<name_shape>(kinds::query, parameter),
            "The value of this query parameter is the unit."
        )
        .field(
            "client_ip",
            whole,
            made<switch_shape>(kinds::client_ip),
            "The client's address is the unit."
        )
        .field(
            "trace_id",
            whole,
            made<switch_shape>(kinds::trace_id),
            "The trace id of traceparent is the unit."
        )
        .exactly_one_of({"header", "cookie", "query", "client_ip", "trace_id"})
        .build();
}

}  // namespace millrace::config
