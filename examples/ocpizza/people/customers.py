"""Which customer somebody is whom Google or Facebook vouches for."""
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from shop.models import Account

from .models import Identity
from .oauth import Profile, SignInError


def customer_of(profile: Profile) -> User:
    """The user of this identity, made where there is none. An account of the same address goes to whom Google vouches for: anybody may have
    made it, so its password and its sign-ins end. Raises SignInError for staff, who have a password."""
    try:
        with transaction.atomic():
            return _found(profile) or _made(profile)
    except IntegrityError:
        # Two of one visitor at once: the other one has made it.
        user = _found(profile)
        if user is None:
            raise SignInError(f"{profile.provider}: the account could not be made") from None
        return user


def _found(profile: Profile) -> User | None:
    identity = Identity.objects.select_related("user").filter(provider=profile.provider, subject=profile.subject).first()
    return _customer(identity.user) if identity else None


def _made(profile: Profile) -> User:
    user = User.objects.filter(username=profile.email).first() if profile.email else None
    if user:
        _customer(user).set_unusable_password()
        user.save(update_fields=["password"])
    else:
        user = User(username=profile.email or f"{profile.provider}-{profile.subject}"[:150], email=profile.email)
        user.set_unusable_password()
        user.save()
    Account.objects.get_or_create(user=user, defaults={"name": profile.name or "Guest"})
    Identity.objects.create(provider=profile.provider, subject=profile.subject, user=user)
    return user


def _customer(user: User) -> User:
    if user.is_staff or not user.is_active:
        raise SignInError("an account that is closed, or of staff, signs in with its password")
    return user
