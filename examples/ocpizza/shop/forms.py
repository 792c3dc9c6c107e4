from django import forms

from .models import Order, Restaurant


class OrderForm(forms.ModelForm):
    """Who the order is for, and where it goes."""

    restaurant = forms.ModelChoiceField(Restaurant.objects.all(), empty_label=None)
    mode = forms.ChoiceField(
        choices=[("pickup", "I collect it"), ("delivery", "Bring it to me")],
        widget=forms.RadioSelect,
        initial="pickup",
        label="How",
    )
    name = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}), label="Your name")
    phone = forms.CharField(
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
        help_text="Needed for a delivery",
    )
    address = forms.CharField(
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text="Needed for a delivery",
    )

    class Meta:
        model = Order
        fields = ["restaurant", "mode", "name", "phone", "address"]

    def clean(self) -> dict:
        """A delivery needs a telephone number and an address."""
        data = super().clean() or self.cleaned_data
        if data.get("mode") == Order.Mode.DELIVERY:
            for field in ("phone", "address"):
                if field not in self.errors and not data.get(field):
                    self.add_error(field, "Please fill this in, so that we find you.")
        return data
