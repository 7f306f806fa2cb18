#include "proxy/config/container_shapes.hpp"
#include "proxy/config/header_rules.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/shapes.hpp"

namespace millrace::config {

namespace {

using routing::header_edits;

/// The value of one edit; its name is already known. Values that look like secrets are masked.
class edit_value_shape final : public shape<header_edits::named_value> {
 public:
    void read(reader& in, const node& from, header_edits::named_value& to) const override {
        value_->read(in, from, to.value);
    }

    [[nodiscard]] json::value write(const header_edits::named_value& from) const override {
        return is_sensitive_name(from.name) ? json::value(json::string(mask))
                                            : value_->write(from.value);
    }

    [[nodiscard]] json::object schema() const override { return value_->schema(); }

    [[nodiscard]] shape_info info() const override { return {"VALUE", ""}; }

 private:
    shape_ptr<std::string> value_ = text(field_value_rules());
};

shape_ptr<std::vector<header_edits::named_value>> values_shape() {
    shape_ptr<header_edits::named_value> value = std::make_shared<edit_value_shape>();
    return named(value, &header_edits::named_value::name, editable_name_rules());
}

}  // namespace

shape_ptr<routing::header_edits> header_edits_shape() {
    return object<header_edits>()
        .field(
            "remove",
            &header_edits::remove,
            list(text(editable_name_rules()), {0, 100}),
            "Header fields to remove, before the others are set."
        )
        .field(
            "set",
            &header_edits::set,
            values_shape(),
            "Header fields that replace all of the same name."
        )
        .field(
            "add",
            &header_edits::add,
            values_shape(),
            "Header fields beside those of the same name."
        )
        .build();
}

}  // namespace millrace::config
