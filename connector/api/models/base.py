"""What all objects of the vendor share."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel, to_pascal


class VendorModel(BaseModel):
    """An object of the vendor; camelCase on the wire unless a subclass says otherwise."""

    model_config = ConfigDict(
        extra="allow", frozen=True, alias_generator=to_camel, populate_by_name=True
    )
    table: ClassVar[str] = ""

    @classmethod
    def assembled(cls, values: dict[str, Any], extra: dict[str, Any]) -> Self:
        """Put together an object whose members were read already: `model_construct`, at a tenth of its price.

        Args:
            values: all attributes, by name.
            extra: members without an attribute, by wire name.

        """
        made = cls.__new__(cls)
        fill = object.__setattr__
        fill(made, "__dict__", values)
        fill(made, "__pydantic_fields_set__", set(values))
        fill(made, "__pydantic_extra__", extra)
        fill(made, "__pydantic_private__", None)
        return made


class PascalModel(VendorModel):
    """An object whose members are PascalCase on the wire."""

    model_config = ConfigDict(alias_generator=to_pascal)
