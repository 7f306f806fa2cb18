#include "proxy/config/scalar_shapes.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/config/wording.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

namespace millrace::config {

namespace {

RE2::Options quiet_options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    return options;
}

class boolean_shape final : public shape<bool> {
 public:
    void read(reader& in, const node& from, bool& to) const override {
        if (from.kind == node::kind::boolean) {
            to = from.text.front() == 't' || from.text.front() == 'T';
            return;
        }
        auto const word = ascii::lowered(from.text);
        bool const yes = word == "yes" || word == "on" || word == "1";
        bool const no = word == "no" || word == "off" || word == "0";
        in.fail(
            from,
            "expected true or false, got " + shown(from),
            yes  ? "true"
            : no ? "false"
                 : ""
        );
    }

    [[nodiscard]] json::value write(const bool& from) const override { return from; }

    [[nodiscard]] json::object schema() const override { return {{"type", "boolean"}}; }

    [[nodiscard]] shape_info info() const override { return {"true | false", ""}; }
};

class text_shape final : public shape<std::string> {
 public:
    explicit text_shape(text_rules rules)
        : rules_{std::move(rules)}, pattern_{rules_.pattern, quiet_options()} {}

    void read(reader& in, const node& from, std::string& to) const override {
        if (from.kind != node::kind::text) {
            bool const unquoted = from.kind != node::kind::sequence &&
                                  from.kind != node::kind::mapping && !from.text.empty();
            auto const came = rules_.hidden ? kind_name(from) : shown(from);
            in.fail(
                from,
                fmt::format("expected {}, got {}", rules_.expected, came),
                unquoted && !rules_.hidden ? "\"" + shortened(from.text) + "\"" : ""
            );
            return;
        }
        if (from.text.empty() ? !rules_.may_be_empty : !RE2::FullMatch(from.text, pattern_)) {
            auto const came = rules_.hidden ? "something else" : in_quotes(from.text);
            in.fail(from, fmt::format("expected {}, got {}", rules_.expected, came));
            return;
        }
        if (auto const problem = rules_.check ? rules_.check(from.text) : std::nullopt) {
            in.fail(from, fmt::format("expected {}, got {}", rules_.expected, *problem));
            return;
        }
        to = rules_.lower_case ? ascii::lowered(from.text) : from.text;
    }

    [[nodiscard]] json::value write(const std::string& from) const override {
        if (from.empty() && !rules_.may_be_empty) {
            return nullptr;
        }
        return json::string(from);
    }

    [[nodiscard]] json::object schema() const override {
        json::object out{{"type", "string"}};
        if (!rules_.pattern.empty() && rules_.pattern != ".*") {
            out["pattern"] = rules_.may_be_empty ? "^$|" + rules_.pattern : rules_.pattern;
        } else if (!rules_.may_be_empty) {
            out["minLength"] = 1;
        }
        return out;
    }

    [[nodiscard]] shape_info info() const override { return {rules_.type, ""}; }

 private:
    text_rules rules_;
    RE2 pattern_;
};

class regex_shape final : public shape<std::string> {
 public:
    static constexpr std::size_t bytes_max = 1'024;

    void read(reader& in, const node& from, std::string& to) const override {
        if (from.kind != node::kind::text || from.text.empty() || from.text.size() > bytes_max) {
            in.fail(
                from,
                fmt::format(
                    "expected a regular expression of 1 to {} bytes, got {}", bytes_max, shown(from)
                )
            );
            return;
        }
        if (!in.admit_regex()) {
            in.fail(
                from, fmt::format("expected at most {} regular expressions", reader::regexes_max)
            );
            return;
        }
        RE2 const compiled{from.text, quiet_options()};
        if (!compiled.ok()) {
            in.fail(
                from,
                fmt::format(
                    "expected a regular expression of RE2, got {}: {}",
                    in_quotes(from.text),
                    compiled.error()
                )
            );
            return;
        }
        to = from.text;
    }

    [[nodiscard]] json::value write(const std::string& from) const override {
        return json::string(from);
    }

    [[nodiscard]] json::object schema() const override {
        return {{"type", "string"}, {"minLength", 1}, {"maxLength", bytes_max}};
    }

    [[nodiscard]] shape_info info() const override { return {"regular expression", ""}; }
};

}  // namespace

shape_ptr<bool> boolean() {
    return std::make_shared<boolean_shape>();
}

shape_ptr<std::string> text(text_rules rules) {
    if (rules.pattern.empty()) {
        rules.pattern = ".*";
    }
    return std::make_shared<text_shape>(std::move(rules));
}

shape_ptr<std::string> regex_text() {
    return std::make_shared<regex_shape>();
}

}  // namespace millrace::config
