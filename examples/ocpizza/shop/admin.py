from django.contrib import admin

from .models import Account, Order, OrderLine, Payment, Product, Restaurant

admin.site.site_header = admin.site.site_title = "OC Pizza"
admin.site.index_title = "Kitchen and counter"


@admin.register(Restaurant)
class RestaurantAdmin(admin.ModelAdmin):
    list_display = ["name", "city", "phone", "hours"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "price_cents", "available"]
    list_editable = ["available"]
    list_filter = ["kind", "available"]
    prepopulated_fields = {"slug": ["name"]}


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    extra = 0


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["name", "restaurant", "mode", "status", "created_at"]
    list_filter = ["status", "restaurant", "mode"]
    inlines = [OrderLineInline]


@admin.register(Payment)
class PaymentAdmin(admin.ModelAdmin):
    list_display = ["reference", "order", "amount_cents", "status"]
    list_filter = ["status"]


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    list_display = ["name", "user", "phone"]
    search_fields = ["name", "user__email"]
