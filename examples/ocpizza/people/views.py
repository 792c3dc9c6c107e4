"""Signing in and out, and what a customer has ordered."""
import logging

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shop.basket import Basket
from shop.models import Account, Order

from . import oauth
from .customers import customer_of
from .providers import Provider, offered

log = logging.getLogger(__name__)
KEY = "signin"


class SignInForm(forms.Form):
    email = forms.EmailField(max_length=150, label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


@require_http_methods(["GET", "POST"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("me")
    form = SignInForm(request.POST or None, label_suffix="")
    if form.is_valid():
        user = authenticate(request, username=form.cleaned_data["email"].lower(), password=form.cleaned_data["password"])
        if user:
            return _welcome(request, user)
        form.add_error(None, "E-mail or password is wrong.")
    return render(request, "people/signin.html", {"form": form, "providers": offered()}, status=400 if form.is_bound else 200)


@require_GET
@never_cache
def leave_for(request: HttpRequest, name: str) -> HttpResponse:
    """To the provider's page. Whoever is led here by others signs in as themselves."""
    provider = _offered(name)
    url, attempt = oauth.begin(provider, _back(request, provider))
    request.session[KEY] = attempt._asdict()
    return redirect(url)


@require_GET
@never_cache
def come_back(request: HttpRequest, name: str) -> HttpResponse:
    """From the provider's page, once for each time that somebody left for it."""
    provider, remembered = _offered(name), request.session.pop(KEY, None)
    try:
        if remembered is None or remembered["provider"] != name:
            raise oauth.SignInError(f"{name}: nobody had left for it")
        user = customer_of(oauth.finish(provider, oauth.Attempt(**remembered), request.build_absolute_uri(), _back(request, provider)))
    except oauth.SignInError as error:
        log.warning("nobody signed in: %s", error)
        messages.error(request, f"That did not work, so you are not signed in. Please try {provider.label} once more, or another way.")
        return redirect("signin")
    return _welcome(request, user)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home")


@require_GET
@never_cache
@login_required(login_url="signin", redirect_field_name=None)
def me(request: HttpRequest) -> HttpResponse:
    account = Account.objects.filter(pk=request.user.pk).first()
    orders = Order.objects.filter(account=account).select_related("restaurant").prefetch_related("lines") if account else Order.objects.none()
    return render(request, "people/me.html", {"account": account, "orders": orders[:20]})


def _offered(name: str) -> Provider:
    found = next((provider for provider in offered() if provider.name == name), None)
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, provider: Provider) -> str:
    return request.build_absolute_uri(reverse("come-back", args=[provider.name]))


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """The basket stays: Django keeps what is in the session of one who was nobody yet."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("order" if Basket(request).count else "me")
